import type { Db } from '../platform/db.ts';
import { endedRowsKeptDays, purgeBatchMax, purgeBatchesMax } from './limits.ts';
import { deleteEndedRows } from './queries.ts';

/** Removes sessions and links that ended more than 30 days ago, batch by batch, a bounded number of them; how many rows. */
export async function purgeEndedAccess(deps: { db: Db }): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < purgeBatchesMax; batch += 1) {
    const count = await deleteEndedRows(deps.db, endedRowsKeptDays);
    removed += count;
    if (count < purgeBatchMax) break;
  }
  return removed;
}
