import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { newId } from '../../platform/ids.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';
import { type OrderNotice, queueOrderDeliveries } from '../deliveries/queue-queries.ts';
import type { OrderRef } from '../deliveries/subject-queries.ts';
import { sendable } from '../metrics.ts';
import { settingsDefault } from './limits.ts';

/** Orders per statement, and statements per run. A rush of holds is reminded within the minute. */
const ordersPerPage = 500;
const pagesPerRun = 20;
/** An order whose time is nearly over gets no reminder, because the message would come too late. */
const tooLateSeconds = 60;

type RemindDeps = { readonly db: Db; readonly clock: Clock; readonly log: Log };

/**
 * Reminds buyers whose time to pay is nearly over, once per order. Only if the whole time is at least twice the
 * remaining time, because a short hold needs no reminder.
 * @returns how many orders
 * @throws the first fault, after the other events of its page are reminded; the next run continues
 */
export async function remindOfPayments(deps: RemindDeps): Promise<number> {
  let reminded = 0;
  for (let page = 0; page < pagesPerRun; page += 1) {
    const orders = await unremindedOrders(deps.db);
    await remind(deps, orders).catch((error: unknown) => remindEventByEvent(deps, orders, error));
    reminded += orders.length;
    if (orders.length < ordersPerPage) break;
  }
  return reminded;
}

async function remind({ db, clock }: RemindDeps, orders: readonly OrderRef[]): Promise<void> {
  if (orders.length === 0) return;
  const now = clock.now();
  const notices = orders.map(
    (order): OrderNotice => ({ ...order, emailId: newId('dlv', now), whatsappId: newId('dlv', now) }),
  );
  sendable(await queueOrderDeliveries(db, 'payment_expiring', notices));
}

/** An event with an order that cannot be reminded of keeps no other event from its reminders. */
async function remindEventByEvent(deps: RemindDeps, orders: readonly OrderRef[], fault: unknown): Promise<void> {
  if (isUnavailable(fault)) throw fault;
  await eachInTurn(
    Map.groupBy(orders, ({ eventId }) => eventId),
    ([, own]) => remind(deps, own),
    (error, [eventId]) => deps.log.error({ err: error, eventId }, 'buyers of an event were not reminded of payments'),
  );
}

/** Found per event by the index orders_hold_end. The events are taken in no order, so that those that fail do not keep the others. */
function unremindedOrders(db: Db): Promise<OrderRef[]> {
  return rowsOf(
    db,
    sql`
      select o.event_id as "eventId", o.id as "orderId"
      from (select id from events where status = 'published' and ends_at > now() order by random()) e
      left join message_settings s on s.event_id = e.id
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
      limit ${ordersPerPage}`,
  );
}
