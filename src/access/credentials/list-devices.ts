import type { Db } from '../../platform/database/db.ts';
import { findDevices } from './queries.ts';
import type { Device } from '../tables.ts';

/** All devices of the organiser, or those of one event; ended ones too; one more than `limit` when there is a next page. */
export function listDevices(
  deps: { db: Db },
  input: { organizerId: string; eventId: string | undefined; afterId: string | undefined; limit: number },
): Promise<Device[]> {
  return findDevices(deps.db, input.organizerId, input, input);
}
