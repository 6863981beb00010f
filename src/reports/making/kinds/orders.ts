import { sql } from 'drizzle-orm';
import { orderStatuses } from '../../../orders/tables.ts';
import { type ReportKind, numberColumn, orderCodeOf, textColumn, timeColumn } from './kind.ts';

export const orders: ReportKind = {
  from: sql`orders o left join promo_codes p on p.event_id = o.event_id and p.id = o.promo_code_id`,
  eventId: sql`o.event_id`,
  key: [sql`o.id`],
  time: sql`o.placed_at`,
  status: sql`o.status`,
  statuses: orderStatuses,
  columns: [
    textColumn('order_code', orderCodeOf(sql`o.id`)),
    textColumn('order_id', sql`o.id`),
    textColumn('status', sql`o.status`),
    timeColumn('placed_at', sql`o.placed_at`),
    timeColumn('paid_at', sql`o.paid_at`),
    textColumn('name', sql`o.buyer_name`),
    textColumn('email', sql`o.buyer_email`),
    textColumn('phone', sql`o.buyer_phone`),
    textColumn(
      'tickets',
      sql`(select string_agg(l.quantity || ' x ' || c.name, '; ' order by c.position, c.id)
        from order_lines l join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
        where l.event_id = o.event_id and l.order_id = o.id)`,
    ),
    numberColumn('quantity', sql`o.quantity`),
    numberColumn('subtotal', sql`o.subtotal`),
    numberColumn('discount', sql`o.discount`),
    numberColumn('fees', sql`o.fees`),
    numberColumn('total', sql`o.total`),
    textColumn('currency', sql`o.currency`),
    textColumn('promo_code', sql`p.code`),
    timeColumn('closed_at', sql`o.closed_at`),
    textColumn('close_reason', sql`o.close_reason`),
  ],
};
