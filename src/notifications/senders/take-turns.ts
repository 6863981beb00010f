import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';

/**
 * A sender's day: how many messages it may send, and has sent. The turn is written before the message leaves, so that
 * no number of processes exceeds a cap, and so that the delivery names its sender if the worker dies while it sends.
 */

const warmUpGrowth = 1.5;
/** After this many days every warm-up is over. */
const warmUpDaysMax = 60;

/** The UTC day: it begins at 07:00 in Jakarta. */
export const today = sql`(now() at time zone 'UTC')::date`;

/** The messages that sender `s` may send today; null for a sender without a cap. */
export const capToday = sql`
  case when s.daily_cap is null then null
    when s.warm_up_from is null then s.daily_cap
    else least(s.daily_cap, floor(s.warm_up_from
      * power(${warmUpGrowth}::float8, least(greatest(${today} - s.warm_up_started_on, 0), ${warmUpDaysMax}))))::integer end`;

/** The messages that sender `s` has sent today. */
export const takenToday = sql`
  coalesce((select d.taken from sender_days d where d.sender_id = s.id and d.day = ${today}), 0)`;

const batchMax = 100;
const queueMax = 5000;
const deadlineMs = 10_000;

/** Whether this sender may send this message today. Turns of one sender are taken in batches. */
export function createTakeTurn(db: Db): (senderId: string, deliveryId: string) => Promise<boolean> {
  const turns = createGroupCommit<string, boolean>({
    name: 'sender_turns',
    flush: async (senderId, deliveryIds) => {
      const granted = new Set(await takeTurns(db, senderId, deliveryIds));
      return deliveryIds.map((id) => granted.has(id));
    },
    batchMax,
    queueMax,
    deadlineMs,
    flushesMax: 1,
    keysOf: (id) => [id],
  });
  return (senderId, deliveryId) => turns.submit(senderId, deliveryId);
}

/**
 * The deliveries that got a turn. A repeated call takes new turns: a cap may be used up too early, but is never
 * exceeded.
 */
async function takeTurns(db: Db, senderId: string, deliveryIds: readonly string[]): Promise<string[]> {
  const wanted = deliveryIds.length;
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with cap as (
        select s.id, coalesce(${capToday}, 2147483647) as most from senders s where s.id = ${senderId} and s.status <> 'disabled'
      ), turn as (
        insert into sender_days as d (sender_id, day, taken, granted)
        select id, ${today}, least(${wanted}::integer, most), least(${wanted}::integer, most) from cap
        on conflict (sender_id, day) do update set
          taken = d.taken + greatest(0, least(${wanted}::integer, (select most from cap) - d.taken)),
          granted = greatest(0, least(${wanted}::integer, (select most from cap) - d.taken))
        returning granted
      ), given as (
        select w.id from unnest(${arrayText(deliveryIds)}::text[]) with ordinality as w (id, n), turn t
        where w.n <= t.granted
      ), marked as (
        update deliveries d set sender_id = ${senderId} from given g where d.id = g.id and d.status = 'sending'
      )
      select id from given`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Gives a turn back, because the message was certainly not accepted.
 * @param takenAt a moment before the turn was taken. Of a day that began meanwhile no turn was taken: given back to it, it
 * would exceed the cap.
 */
export async function returnTurn(db: Db, senderId: string, takenAt: Date): Promise<void> {
  const day = sql`(${takenAt.toISOString()}::timestamptz at time zone 'UTC')::date`;
  await db.execute(sql`
    update sender_days set taken = greatest(taken - 1, 0) where sender_id = ${senderId} and day = least(${day}, ${today})`);
}

const daysKept = 90;

export async function purgeSenderDays(db: Db): Promise<void> {
  await db.execute(sql`delete from sender_days where day < ${today} - ${daysKept}::integer`);
}
