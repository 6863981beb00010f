import type { Db } from '../platform/db.ts';
import { endedRowsKeptDays } from './limits.ts';
import { deleteEndedRows } from './queries.ts';

/** Removes sessions and links that ended more than 30 days ago, a bounded number each time; how many it removed. */
export function purgeEndedAccess(deps: { db: Db }): Promise<number> {
  return deleteEndedRows(deps.db, endedRowsKeptDays);
}
