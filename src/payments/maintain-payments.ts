import type { Db } from '../platform/db.ts';
import { maintainPartitions } from './callback-queries.ts';
import { callbackPayloadDays } from './limits.ts';

/** Makes the inbox's partitions for the next days and drops raw payloads older than two weeks; the rows stay. */
export async function maintainPayments({ db }: { db: Db }): Promise<void> {
  await maintainPartitions(db, callbackPayloadDays);
}
