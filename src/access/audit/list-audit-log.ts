import type { Db } from '../../platform/database/db.ts';
import { type AuditEntryWithName, findAuditEntries } from '../queries.ts';

/** Who changed what, newest first; one more than `limit` when there is a next page. */
export function listAuditLog(
  deps: { db: Db },
  input: { organizerId: string; beforeId: number | undefined; limit: number },
): Promise<AuditEntryWithName[]> {
  return findAuditEntries(deps.db, input.organizerId, input);
}
