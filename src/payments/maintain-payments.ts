import type { Db } from '../platform/database/db.ts';
import { deleteOldCallbacks, maintainPartitions } from './callbacks/queries.ts';
import { callbackDeletesMax, callbackKeyDays, callbackPayloadDays, callbacksPerDelete } from './limits.ts';

/**
 * Makes the inbox's partitions for the next days, drops raw payloads older than two weeks, and removes callbacks so old
 * that no gateway sends them again.
 */
export async function maintainPayments({ db }: { db: Db }): Promise<void> {
  await maintainPartitions(db, callbackPayloadDays);
  for (let deletes = 0; deletes < callbackDeletesMax; deletes += 1) {
    if ((await deleteOldCallbacks(db, callbackKeyDays, callbacksPerDelete)) < callbacksPerDelete) return;
  }
}
