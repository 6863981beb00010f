import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/database/db.ts';
import { eachInTurn } from '../platform/jobs/each-in-turn.ts';
import type { Log } from '../platform/log.ts';
import { endedRowsKeptDays, purgeBatchMax, purgeBatchesMax, verificationsPurgedMax } from './limits.ts';

/**
 * Removes verifications of buyers as soon as they have ended, because they hold addresses, and sessions and links that
 * ended more than 30 days ago. Works in a bounded number of batches.
 * @returns the number of rows
 * @throws the first fault, after all kinds of rows were tried
 */
export async function purgeEndedAccess({ db, log }: { db: Db; log: Log }): Promise<number> {
  let purged = 0;
  await eachInTurn(
    [
      [deleteEndedVerifications, verificationsPurgedMax],
      [deleteEndedSessions, purgeBatchMax],
      [deleteEndedLinks, purgeBatchMax],
    ] as const,
    async ([remove, batchMax]) => {
      purged += await inBatches(batchMax, () => remove(db, batchMax));
    },
    (error, [{ name }]) => log.error({ err: error, part: name }, 'ended rows of access were not removed'),
  );
  return purged;
}

async function inBatches(batchMax: number, remove: () => Promise<number>): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < purgeBatchesMax; batch += 1) {
    const count = await remove();
    removed += count;
    if (count < batchMax) break;
  }
  return removed;
}

const old = sql`now() - make_interval(days => ${endedRowsKeptDays})`;

/** Removes a bounded number of sessions that ended long ago. Returns the number removed. */
async function deleteEndedSessions(db: Db, limit: number): Promise<number> {
  const removed = await rowsOf<{ id: string }>(
    db,
    sql`
      delete from sessions where id in (select id from sessions where least(ended_at, expires_at) < ${old} limit ${limit})
      returning id`,
  );
  return removed.length;
}

/** Removes a bounded number of links of staff that ended long ago. Returns the number removed. */
async function deleteEndedLinks(db: Db, limit: number): Promise<number> {
  const removed = await rowsOf<{ id: string }>(
    db,
    sql`
      delete from staff_tokens where id in (select id from staff_tokens where expires_at < ${old} limit ${limit})
      returning id`,
  );
  return removed.length;
}

/** Removes a bounded number of ended verifications, and the addresses with them. Returns the number removed. */
async function deleteEndedVerifications(db: Db, limit: number): Promise<number> {
  const removed = await rowsOf<{ id: string }>(
    db,
    sql`
      delete from buyer_verifications where id in (
        select id from buyer_verifications where expires_at < now() order by expires_at limit ${limit} for update skip locked
      ) returning id`,
  );
  return removed.length;
}
