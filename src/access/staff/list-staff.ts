import type { Db } from '../../platform/database/db.ts';
import { findStaffPage } from './queries.ts';
import type { StaffMember } from '../tables.ts';

/** All members of the organiser, disabled ones too; one more than `limit` when there is a next page. */
export function listStaff(
  deps: { db: Db },
  input: { organizerId: string; afterId: string | undefined; limit: number },
): Promise<StaffMember[]> {
  return findStaffPage(deps.db, input.organizerId, input);
}
