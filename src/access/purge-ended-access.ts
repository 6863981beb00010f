import { type Db, rowsOf } from '../platform/database/db.ts';
import { endedRowsKeptDays, purgeBatchMax, purgeBatchesMax, verificationsPurgedMax } from './limits.ts';
import { sql } from 'drizzle-orm';

/**
 * Removes verifications of buyers as soon as they have ended, because they hold addresses, and sessions and links that
 * ended more than 30 days ago. Works in a bounded number of batches.
 * @returns the number of rows
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

/** Removes a bounded number of sessions and links that ended long ago. Returns the number removed. */
async function deleteEndedRows(db: Db, keptDays: number): Promise<number> {
  const old = sql`now() - make_interval(days => ${keptDays})`;
  const removed = await rowsOf<{ id: string }>(
    db,
    sql`
      with ended_sessions as (
        delete from sessions where id in (
          select id from sessions where least(ended_at, expires_at) < ${old} limit ${purgeBatchMax}
        ) returning id
      ), ended_tokens as (
        delete from staff_tokens where id in (
          select id from staff_tokens where expires_at < ${old} limit ${purgeBatchMax}
        ) returning id
      )
      select id from ended_sessions union all select id from ended_tokens`,
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
