import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../../../platform/database/db.ts';
import { logDays } from '../limits.ts';
import { purgeWebhookLog } from './queries.ts';

const rowsPerRound = 5000;
const roundsMax = 40;
/** Pause between two rounds, so that a large log leaves most of the disk to the sale. */
const pauseMs = 500;

/**
 * Deletes expired webhooks and deliveries, and deleted endpoints. The next run handles the rest.
 * @returns the number of rows deleted
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
