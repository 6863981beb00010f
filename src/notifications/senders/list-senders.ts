import type { Db } from '../../platform/database/db.ts';
import { findSenders } from './queries.ts';
import type { Sender } from '../tables.ts';

/** All numbers of an organiser, oldest first; disabled ones too. */
export async function listSenders(deps: { db: Db }, organizerId: string): Promise<Sender[]> {
  return findSenders(deps.db, organizerId);
}
