import { sql } from 'drizzle-orm';
import { deliveryStatuses } from '../../../notifications/tables.ts';
import { type ReportKind, numberColumn, orderCodeOf, textColumn, timeColumn } from './kind.ts';

/** Messages about orders. Deliveries keep no address, so the order's present address is shown. */
export const deliveries: ReportKind = {
  from: sql`orders o join deliveries d on d.subject_id = o.id`,
  eventId: sql`o.event_id`,
  key: [sql`o.id`, sql`d.id`],
  startsAt: ([orderId = '']) => sql`o.id >= ${orderId}`,
  time: sql`d.created_at`,
  status: sql`d.status`,
  statuses: deliveryStatuses,
  columns: [
    textColumn('delivery_id', sql`d.id`),
    textColumn('order_code', orderCodeOf(sql`o.id`)),
    textColumn('order_id', sql`o.id`),
    textColumn('message', sql`d.template`),
    textColumn('channel', sql`d.channel`),
    textColumn('name', sql`o.buyer_name`),
    textColumn('address', sql`case d.channel when 'email' then o.buyer_email else o.buyer_phone end`),
    textColumn('status', sql`d.status`),
    textColumn('failure', sql`d.failure`),
    numberColumn('tries', sql`d.tries`),
    timeColumn('created_at', sql`d.created_at`),
    timeColumn('accepted_at', sql`d.accepted_at`),
    timeColumn('delivered_at', sql`d.delivered_at`),
  ],
};
