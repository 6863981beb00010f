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
/** How far back a run looks for unwritten minutes. Older ones stay unwritten. */
const minutesBackMax = 5;
/** Current events: future ones, and past ones that people may still enter. */
const endedHoursMax = 12;

type RecordDeps = { readonly db: Db; readonly clock: Clock; readonly log: Log };

/** What is free, held or inside now is written with the latest minute only. */
type Minute = { readonly from: Date; readonly isLatest: boolean };

const isCurrent = sql`e.status <> 'draft' and e.ends_at > now() - make_interval(hours => ${endedHoursMax})`;

/**
 * Recurring: writes the sales of each current event in completed minutes, once per minute in which something happened.
 * Safe to run twice at once. Orders are counted by a range of the primary key, because their ids hold the time at which
 * they were placed.
 * @returns the number of minutes written
 * @throws the first fault, after the other minutes and events are written
 */
export async function recordSaleMinutes(deps: RecordDeps): Promise<number> {
  const now = deps.clock.now().getTime() - settledMs;
  const end = now - (now % minuteMs);
  const minutes = Array.from({ length: minutesBackMax }, (_, index): Minute => {
    const back = minutesBackMax - index;
    return { from: new Date(end - back * minuteMs), isLatest: back === 1 };
  });
  let written = 0;
  await eachInTurn(
    minutes,
    async (minute) => {
      written += await recordMinute(deps.db, minute).catch((error: unknown) => recordEventByEvent(deps, minute, error));
    },
    (error, { from }) => deps.log.error({ err: error, minute: from }, 'the sales of a minute were not written'),
  );
  return written;
}

/** An event whose minute cannot be written keeps only its own from being written. */
async function recordEventByEvent({ db, log }: RecordDeps, minute: Minute, fault: unknown): Promise<number> {
  if (isUnavailable(fault)) throw fault;
  let written = 0;
  await eachInTurn(
    await rowsOf<{ id: string }>(db, sql`select e.id from events e where ${isCurrent}`),
    async ({ id }) => {
      written += await recordMinute(db, minute, id);
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
  n.admitted is distinct from coalesce(last.admitted, 0) or n.waiting is distinct from last.waiting
  or n.held_orders is distinct from coalesce(last.held_orders, 0) or n.instructed is distinct from coalesce(last.instructed, 0)`;

/** @param eventId undefined: all current events */
async function recordMinute(db: Db, { from, isLatest }: Minute, eventId?: string): Promise<number> {
  const until = new Date(from.getTime() + minuteMs);
  const isOf = (column: SQL) => (eventId === undefined ? sql`true` : sql`${column} = ${eventId}`);
  const standing = sql`
    select sum(s.available)::int as available, sum(s.held)::int as held, sum(s.sold)::int as sold,
      (select count(*)::int from orders o where o.event_id = e.id and o.status || '' = 'pending_payment') as held_orders,
      (select count(*)::int from payment_attempts a
        where a.order_id >= 'ord_' || substr(e.id, 5) and a.order_id < 'ord_' || substr(e.id, 5) || '~' and a.event_id = e.id
          and a.status || '' in ('creating', 'unknown', 'pending', 'review', 'authorized') and a.status = 'pending') as instructed,
      (select count(*)::int from admissions a where a.event_id = e.id) as admitted,
      (select greatest(w.places - floor(w.serving), 0)::int from waiting_rooms w
       where w.event_id = e.id and w.phase in ('pre_queue', 'drawing', 'open')) as waiting
    from stock s where s.event_id = e.id`;
  const rows = await rowsOf(
    db,
    sql`
      with paid as (
        select o.event_id, count(*)::int as orders, sum(o.quantity)::int as tickets, sum(o.total) as amount
        from orders o where o.paid_at >= ${from.toISOString()}::timestamptz and o.paid_at < ${until.toISOString()}::timestamptz
          and ${isOf(sql`o.event_id`)}
        group by o.event_id
      ), expired as (
        select o.event_id, count(*)::int as orders from orders o
        where o.status || '' = 'expired' and o.closed_at >= ${from.toISOString()}::timestamptz
          and o.closed_at < ${until.toISOString()}::timestamptz and ${isOf(sql`o.event_id`)}
        group by o.event_id
      )
      insert into sale_minutes (
        event_id, minute, orders, tickets, paid_orders, paid_tickets, paid_amount, expired_orders,
        available, held, sold, held_orders, instructed, admitted, waiting)
      select e.id, ${from.toISOString()}::timestamptz, p.orders, p.tickets, coalesce(paid.orders, 0), coalesce(paid.tickets, 0),
        coalesce(paid.amount, 0), coalesce(expired.orders, 0),
        ${isLatest ? sql`n.available, n.held, n.sold, n.held_orders, n.instructed, n.admitted, n.waiting` : sql`null, null, null, null, null, null, null`}
      from events e
      cross join lateral (
        select count(*)::int as orders, coalesce(sum(o.quantity), 0)::int as tickets from orders o
        where o.event_id = e.id and o.id >= 'ord_' || substr(e.id, 5) || ${timePart(from)}::text
          and o.id < 'ord_' || substr(e.id, 5) || ${timePart(until)}::text) p
      left join paid on paid.event_id = e.id
      left join expired on expired.event_id = e.id
      ${isLatest ? sql`cross join lateral (${standing}) n` : sql``}
      left join lateral (
        select m.admitted, m.waiting, m.held_orders, m.instructed from sale_minutes m
        where m.event_id = e.id order by m.minute desc limit 1) last on true
      where ${isCurrent} and ${isOf(sql`e.id`)}
        and (p.orders > 0 or paid.orders > 0 or expired.orders > 0 ${isLatest ? sql`or ${hasMoved}` : sql``})
        and not exists (select from sale_minutes m where m.event_id = e.id and m.minute = ${from.toISOString()}::timestamptz)
      on conflict (event_id, minute) do nothing
      returning 1`,
  );
  return rows.length;
}
