import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { newOrderId } from '../../platform/ids.ts';

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

/**
 * Recurring: writes the sales of each current event in completed minutes, once per minute in which something happened.
 * Safe to run twice at once. Orders are counted by a range of the primary key, because their ids hold the time at which
 * they were placed.
 * @returns the number of minutes written
 */
export async function recordSaleMinutes(deps: { readonly db: Db; readonly clock: Clock }): Promise<number> {
  const now = deps.clock.now().getTime() - settledMs;
  const end = now - (now % minuteMs);
  let written = 0;
  for (let back = minutesBackMax; back >= 1; back -= 1) {
    written += await recordMinute(deps.db, new Date(end - back * minuteMs), back === 1);
  }
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

async function recordMinute(db: Db, minute: Date, isLatest: boolean): Promise<number> {
  const until = new Date(minute.getTime() + minuteMs);
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
        from orders o where o.paid_at >= ${minute.toISOString()}::timestamptz and o.paid_at < ${until.toISOString()}::timestamptz
        group by o.event_id
      ), expired as (
        select o.event_id, count(*)::int as orders from orders o
        where o.status || '' = 'expired' and o.closed_at >= ${minute.toISOString()}::timestamptz
          and o.closed_at < ${until.toISOString()}::timestamptz
        group by o.event_id
      )
      insert into sale_minutes (
        event_id, minute, orders, tickets, paid_orders, paid_tickets, paid_amount, expired_orders,
        available, held, sold, held_orders, instructed, admitted, waiting)
      select e.id, ${minute.toISOString()}::timestamptz, p.orders, p.tickets, coalesce(paid.orders, 0), coalesce(paid.tickets, 0),
        coalesce(paid.amount, 0), coalesce(expired.orders, 0),
        ${isLatest ? sql`n.available, n.held, n.sold, n.held_orders, n.instructed, n.admitted, n.waiting` : sql`null, null, null, null, null, null, null`}
      from events e
      cross join lateral (
        select count(*)::int as orders, coalesce(sum(o.quantity), 0)::int as tickets from orders o
        where o.event_id = e.id and o.id >= 'ord_' || substr(e.id, 5) || ${timePart(minute)}::text
          and o.id < 'ord_' || substr(e.id, 5) || ${timePart(until)}::text) p
      left join paid on paid.event_id = e.id
      left join expired on expired.event_id = e.id
      ${isLatest ? sql`cross join lateral (${standing}) n` : sql``}
      left join lateral (
        select m.admitted, m.waiting, m.held_orders, m.instructed from sale_minutes m
        where m.event_id = e.id order by m.minute desc limit 1) last on true
      where e.status <> 'draft' and e.ends_at > now() - make_interval(hours => ${endedHoursMax})
        and (p.orders > 0 or paid.orders > 0 or expired.orders > 0 ${isLatest ? sql`or ${hasMoved}` : sql``})
        and not exists (select from sale_minutes m where m.event_id = e.id and m.minute = ${minute.toISOString()}::timestamptz)
      on conflict (event_id, minute) do nothing
      returning 1`,
  );
  return rows.length;
}
