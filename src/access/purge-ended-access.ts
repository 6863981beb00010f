import type { Db } from '../platform/database/db.ts';
import { endedRowsKeptDays, purgeBatchMax, purgeBatchesMax, verificationsPurgedMax } from './limits.ts';
import { deleteEndedRows } from './queries.ts';
import { deleteEndedVerifications } from './buyers/queries.ts';

/**
 * Removes verifications of buyers as soon as they have ended, since they hold addresses, and sessions and links that ended
 * more than 30 days ago; batch by batch, a bounded number of them. How many rows.
 */
export async function purgeEndedAccess(deps: { db: Db }): Promise<number> {
  const verifications = await inBatches(verificationsPurgedMax, (max) => deleteEndedVerifications(deps.db, max));
  return verifications + (await inBatches(purgeBatchMax, () => deleteEndedRows(deps.db, endedRowsKeptDays)));
}

async function inBatches(batchMax: number, remove: (max: number) => Promise<number>): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < purgeBatchesMax; batch += 1) {
    const count = await remove(batchMax);
    removed += count;
    if (count < batchMax) break;
  }
  return removed;
}
