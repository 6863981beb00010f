import { type SQL, sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { newOrderId } from '../../platform/ids.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';

const minuteMs = 60_000;
/**
 * A minute is counted once its last orders are committed (`deadlineMs` of placement, and the difference between the
 * processes' clocks).
 */
const settledMs = 15_000;
/** A reading is taken this soon after the end of its minute, or not at all: the recurring job runs as often (`workers/handlers.ts`). */
const readWithinMs = 20_000;
/** How far back a run looks for unwritten minutes. Older ones stay unwritten. */
const minutesBackMax = 5;
/** Current events: future ones, and past ones that people may still enter. */
const endedHoursMax = 12;

type RecordDeps = { readonly db: Db; readonly clock: Clock; readonly log: Log };

const isCurrent = sql`e.status <> 'draft' and e.ends_at > now() - make_interval(hours => ${endedHoursMax})`;
const timeText = (at: number | Date) => new Date(at).toISOString();

/**
 * Recurring: reads what stands at the end of each minute, and counts what happened in it some seconds later, once per minute in which something
 * happened. Safe to run twice at once: events are written in the order of their ids. Orders are counted by a range of the
 * primary key, because their ids hold the time at which they were placed.
 * @returns the number of minutes written
 * @throws the first fault, after the other minutes and events are written
 */
export async function recordSaleMinutes(deps: RecordDeps): Promise<number> {
  const now = deps.clock.now().getTime();
  const settled = now - settledMs;
  const end = settled - (settled % minuteMs);
  const counted = Array.from(
    { length: minutesBackMax },
    (_, index) => new Date(end - (minutesBackMax - index) * minuteMs),
  );
  let written = 0;
  const forEach = (minute: Date, act: Act) => ({
    minute,
    step: async () => {
      written += await act(deps.db, minute).catch((error: unknown) => eventByEvent(deps, { minute, act }, error));
    },
  });
  const ended = new Date(now - (now % minuteMs) - minuteMs);
  const steps = [
    // A later reading would not show how the minute ended.
    ...(now % minuteMs > readWithinMs ? [] : [forEach(ended, readMinute)]),
    ...counted.map((minute) => forEach(minute, countMinute)),
    { minute: ended, step: () => forgetReadings(deps.db, end - minutesBackMax * minuteMs) },
  ];
  await eachInTurn(
    steps,
    ({ step }) => step(),
    (error, { minute }) => deps.log.error({ err: error, minute }, 'the sales of a minute were not written'),
  );
  return written;
}

/** @param eventId undefined: all current events. Resolves to the number of minutes written. */
type Act = (db: Db, minute: Date, eventId?: string) => Promise<number>;

const isOne = (eventId: string | undefined, column: SQL) =>
  eventId === undefined ? sql`true` : sql`${column} = ${eventId}`;

/** Reads what stands now as the end of the minute that has just ended. Its sales are counted later. */
async function readMinute(db: Db, minute: Date, eventId?: string): Promise<number> {
  await db.execute(sql`
    insert into sale_minutes (
      event_id, minute, orders, tickets, paid_orders, paid_tickets, paid_amount, expired_orders,
      available, held, sold, held_orders, instructed, admitted, waiting, read_at, is_counted)
    select e.id, ${timeText(minute)}::timestamptz, 0, 0, 0, 0, 0, 0,
      n.available, n.held, n.sold, n.held_orders, n.instructed, n.admitted, n.waiting, now(), false
    from events e cross join lateral (${standing}) n
    where ${isCurrent} and ${isOne(eventId, sql`e.id`)}
      and not exists (select from sale_minutes m where m.event_id = e.id and m.minute = ${timeText(minute)}::timestamptz)
    order by e.id
    on conflict (event_id, minute) do nothing`);
  return 0;
}

const standing = sql`
  select sum(s.available)::int as available, sum(s.held)::int as held, sum(s.sold)::int as sold,
    (select count(*)::int from orders o where o.event_id = e.id and o.status || '' = 'pending_payment') as held_orders,
    (select count(*)::int from payment_attempts a
      where a.order_id >= 'ord_' || substr(e.id, 5) and a.order_id < 'ord_' || substr(e.id, 5) || '~' and a.event_id = e.id
        and a.is_open and a.status = 'pending') as instructed,
    (select count(*)::int from admissions a where a.event_id = e.id) as admitted,
    (select greatest(w.places - floor(w.serving), 0)::int from waiting_rooms w
     where w.event_id = e.id and w.phase in ('pre_queue', 'drawing', 'open')) as waiting
  from stock s where s.event_id = e.id`;

/** Readings of minutes in which nothing happened. */
async function forgetReadings(db: Db, before: number): Promise<void> {
  await db.execute(sql`delete from sale_minutes where not is_counted and minute < ${timeText(before)}::timestamptz`);
}

/** An event whose minute cannot be written keeps only its own from being written. */
async function eventByEvent(
  { db, log }: RecordDeps,
  { minute, act }: { readonly minute: Date; readonly act: Act },
  fault: unknown,
): Promise<number> {
  if (isUnavailable(fault)) throw fault;
  let written = 0;
  await eachInTurn(
    await rowsOf<{ id: string }>(db, sql`select e.id from events e where ${isCurrent}`),
    async ({ id }) => {
      written += await act(db, minute, id);
    },
    (error, { id }) => log.error({ err: error, eventId: id }, 'the sales of an event in a minute were not written'),
  );
  return written;
}

/** The first ten characters after the event's key of an order that was placed at this time. */
function timePart(at: Date): string {
  return newOrderId('evt_00000000', at).slice(12, 22);
}

/** Whether anything differs from the previous minute. */
const hasMoved = sql`
  n.minute is not null and (n.admitted is distinct from coalesce(last.admitted, 0) or n.waiting is distinct from last.waiting
  or n.held_orders is distinct from coalesce(last.held_orders, 0) or n.instructed is distinct from coalesce(last.instructed, 0))`;

/** Counts what happened in a minute, unless it is counted. */
async function countMinute(db: Db, from: Date, eventId?: string): Promise<number> {
  const until = new Date(from.getTime() + minuteMs);
  const rows = await rowsOf(
    db,
    sql`
      with paid as (
        select o.event_id, count(*)::int as orders, sum(o.quantity)::int as tickets, sum(o.total) as amount
        from orders o where o.paid_at >= ${timeText(from)}::timestamptz and o.paid_at < ${timeText(until)}::timestamptz
          and ${isOne(eventId, sql`o.event_id`)}
        group by o.event_id
      ), expired as (
        select o.event_id, count(*)::int as orders from orders o
        where o.status || '' = 'expired' and o.closed_at >= ${timeText(from)}::timestamptz
          and o.closed_at < ${timeText(until)}::timestamptz and ${isOne(eventId, sql`o.event_id`)}
        group by o.event_id
      )
      insert into sale_minutes as m (
        event_id, minute, orders, tickets, paid_orders, paid_tickets, paid_amount, expired_orders, is_counted)
      select e.id, ${timeText(from)}::timestamptz, p.orders, p.tickets, coalesce(paid.orders, 0), coalesce(paid.tickets, 0),
        coalesce(paid.amount, 0), coalesce(expired.orders, 0), true
      from events e
      cross join lateral (
        select count(*)::int as orders, coalesce(sum(o.quantity), 0)::int as tickets from orders o
        where o.event_id = e.id and o.id >= 'ord_' || substr(e.id, 5) || ${timePart(from)}::text
          and o.id < 'ord_' || substr(e.id, 5) || ${timePart(until)}::text) p
      left join paid on paid.event_id = e.id
      left join expired on expired.event_id = e.id
      left join sale_minutes n on n.event_id = e.id and n.minute = ${timeText(from)}::timestamptz
      left join lateral (
        select m.admitted, m.waiting, m.held_orders, m.instructed from sale_minutes m
        where m.event_id = e.id and m.is_counted and m.read_at is not null order by m.minute desc limit 1) last on true
      where ${isCurrent} and ${isOne(eventId, sql`e.id`)} and n.is_counted is distinct from true
        and (p.orders > 0 or paid.orders > 0 or expired.orders > 0 or ${hasMoved})
      order by e.id
      on conflict (event_id, minute) do update set orders = excluded.orders, tickets = excluded.tickets,
        paid_orders = excluded.paid_orders, paid_tickets = excluded.paid_tickets, paid_amount = excluded.paid_amount,
        expired_orders = excluded.expired_orders, is_counted = true
      where not m.is_counted
      returning 1`,
  );
  return rows.length;
}
