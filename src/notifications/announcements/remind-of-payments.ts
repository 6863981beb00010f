import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { type OrderNotice, queueOrderDeliveries } from '../deliveries/queue-queries.ts';
import { sendable } from '../metrics.ts';
import { settingsDefault } from './limits.ts';

/** Orders per statement, and statements per run. A rush of holds is reminded within the minute. */
const ordersPerPage = 500;
const pagesPerRun = 20;
/** An order whose time is nearly over gets no reminder, because the message would come too late. */
const tooLateSeconds = 60;

/**
 * Reminds buyers whose time to pay is nearly over, once per order. Only if the whole time is at least twice the
 * remaining time, because a short hold needs no reminder.
 * @returns how many orders
 */
export async function remindOfPayments({ db, clock }: { db: Db; clock: Clock }): Promise<number> {
  let reminded = 0;
  for (let page = 0; page < pagesPerRun; page += 1) {
    const orders = await unremindedOrders(db);
    const now = clock.now();
    const notices = orders.map(
      (order): OrderNotice => ({ ...order, emailId: newId('dlv', now), whatsappId: newId('dlv', now) }),
    );
    if (notices.length > 0) sendable(await queueOrderDeliveries(db, 'payment_expiring', notices));
    reminded += orders.length;
    if (orders.length < ordersPerPage) return reminded;
  }
  return reminded;
}

/** Found per event by the index orders_hold_end. */
function unremindedOrders(db: Db): Promise<{ eventId: string; orderId: string }[]> {
  return rowsOf(
    db,
    sql`
      select o.event_id as "eventId", o.id as "orderId"
      from events e left join message_settings s on s.event_id = e.id
      cross join lateral (
        select case when s.event_id is null then ${settingsDefault.paymentReminderMinutes}::integer
          else s.payment_reminder_minutes end as minutes) m
      cross join lateral (
        select h.event_id, h.id from orders h
        where h.event_id = e.id and h.status || '' = 'pending_payment'
          and h.expires_at > now() + make_interval(secs => ${tooLateSeconds})
          and h.expires_at <= now() + make_interval(mins => m.minutes)
          and h.expires_at - h.placed_at >= make_interval(mins => 2 * m.minutes)
          and not exists (
            select from deliveries d where d.subject_id = h.id and d.template = 'payment_expiring' and d.channel = 'email')
        order by h.expires_at limit ${ordersPerPage}) o
      where e.status = 'published' and e.ends_at > now()
      limit ${ordersPerPage}`,
  );
}
