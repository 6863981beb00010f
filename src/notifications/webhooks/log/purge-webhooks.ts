import { setTimeout as pause } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../../platform/database/db.ts';
import { eachInTurn } from '../../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../../platform/log.ts';
import { logDays } from '../limits.ts';

const rowsPerRound = 5000;
const roundsMax = 40;
/** Pause between two rounds, so that a large log leaves most of the disk to the sale. */
const pauseMs = 500;

/** Ids begin with the time: smaller ones are of expired webhooks. */
const bound = sql`(select left(webhook_id(now() - make_interval(days => ${logDays})), 15))`;

/** Of a deleted endpoint all are removed: no id of a webhook is larger. */
const afterAll = 'n';

/** Each deletes at most `rowsPerRound` rows. */
const purges = {
  deliveries: sql`
    delete from webhook_deliveries d using (
      select d.endpoint_id, d.webhook_id from webhook_endpoints w
      cross join lateral (
        select d.endpoint_id, d.webhook_id from webhook_deliveries d
        where d.endpoint_id = w.id and d.webhook_id < case when w.status = 'deleted' then ${afterAll} else ${bound} end
        order by d.webhook_id limit ${rowsPerRound}) d
      limit ${rowsPerRound}) old
    where d.endpoint_id = old.endpoint_id and d.webhook_id = old.webhook_id returning 1`,
  webhooks: sql`
    delete from webhooks where id in (select id from webhooks where id < ${bound} order by id limit ${rowsPerRound}) returning 1`,
  endpoints: sql`
    delete from webhook_endpoints where id in (
      select w.id from webhook_endpoints w
      where w.status = 'deleted' and not exists (select from webhook_deliveries d where d.endpoint_id = w.id) limit ${rowsPerRound})
    returning 1`,
};

/**
 * Deletes expired deliveries, expired webhooks, and deleted endpoints whose last delivery is gone, in rounds. The next run handles the
 * rest.
 * @returns the number of rows deleted
 * @throws the first fault, after all kinds of rows were tried
 */
export async function purgeWebhooks({ db, log }: { db: Db; log: Log }): Promise<number> {
  let purged = 0;
  await eachInTurn(
    Object.entries(purges),
    async ([, rows]) => {
      purged += await inRounds(db, rows);
    },
    (error, [part]) => log.error({ err: error, part }, 'expired rows of webhooks were not removed'),
  );
  return purged;
}

async function inRounds(db: Db, rows: SQL): Promise<number> {
  let purged = 0;
  for (let round = 0; round < roundsMax; round += 1) {
    if (round > 0) await pause(pauseMs);
    const removed = (await rowsOf(db, rows)).length;
    purged += removed;
    if (removed < rowsPerRound) break;
  }
  return purged;
}
