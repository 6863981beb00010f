import { and, eq, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import { builtOnce } from '../../platform/database/built-once.ts';
import type { Db } from '../../platform/database/db.ts';
import { type Order, orders } from '../tables.ts';

/** An order with the other data that its JSON shows. */
export type OrderFacts = {
  readonly order: Order;
  readonly eventSlug: string;
  readonly lines: readonly OrderLineFacts[];
};

export type OrderLineFacts = {
  readonly ticketCategoryId: string;
  readonly name: string;
  readonly nameEn?: string | null;
  readonly quantity: number;
  readonly unitPrice: number;
};

/**
 * Lines in the order of the event's categories. One statement that uses primary keys only, since buyers poll it. Only for a select
 * with a join: with one table, drizzle writes columns without the table's name.
 */
export const orderFactsColumns = {
  order: orders,
  eventSlug: events.slug,
  lines: sql<OrderLineFacts[]>`(
    select coalesce(json_agg(json_build_object(
        'ticketCategoryId', l.ticket_category_id, 'name', c.name, 'nameEn', c.name_en, 'quantity', l.quantity, 'unitPrice', l.unit_price
      ) order by c.position, c.id), '[]')
    from order_lines l
    join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
    where l.event_id = ${orders.eventId} and l.order_id = ${orders.id})`,
};

const orderStatement = builtOnce((db) =>
  db
    .select(orderFactsColumns)
    .from(orders)
    .innerJoin(events, eq(events.id, orders.eventId))
    .where(and(eq(orders.eventId, sql.placeholder('eventId')), eq(orders.id, sql.placeholder('orderId'))))
    .limit(1)
    .prepare('find_order'),
);

export async function findOrder(db: Db, eventId: string, orderId: string): Promise<OrderFacts | undefined> {
  const [row] = await orderStatement(db).execute({ eventId, orderId });
  return row;
}
