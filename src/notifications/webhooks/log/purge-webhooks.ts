import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../../../platform/database/db.ts';
import { logDays } from '../limits.ts';
import { purgeWebhookLog } from './queries.ts';

const rowsPerRound = 5000;
const roundsMax = 40;
/** Between two rounds, so that a large log leaves most of the disk to the sale. */
const pauseMs = 500;

/**
 * Deletes webhooks and deliveries that are older than the log, and deleted endpoints. What is left is left to the next run.
 * @returns how many rows were deleted
 */
export async function purgeWebhooks({ db }: { db: Db }): Promise<number> {
  let purged = 0;
  for (let round = 0; round < roundsMax; round += 1) {
    const removed = await purgeWebhookLog(db, { days: logDays, limit: rowsPerRound });
    purged += removed;
    if (removed < rowsPerRound) break;
    await pause(pauseMs);
  }
  return purged;
}
