import { getTableColumns, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { builtOnce } from '../../platform/database/built-once.ts';
import { returned } from '../../platform/database/prepared.ts';
import { readTogether } from '../../platform/database/read-together.ts';
import { eventIdOf } from '../../platform/ids.ts';
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

const ordersStatement = builtOnce((db) =>
  db
    .select({ order: getTableColumns(orders), eventSlug: sql<string>`event_slug`, lines: sql<OrderLineFacts[]>`lines` })
    .from(
      returned(
        'orders',
        sql`select (found.whole).*, event_slug, lines
          from read_orders(${sql.placeholder('eventIds')}::text[], ${sql.placeholder('orderIds')}::text[]) as found`,
      ),
    )
    .prepare('read_orders'),
);

/** An order as it is now; undefined if there is none. */
export const findOrder = readTogether('order_reads', async (db, orderIds) => {
  const found = await ordersStatement(db).execute({
    eventIds: arrayText(orderIds.map(eventIdOf)),
    orderIds: arrayText(orderIds),
  });
  return new Map<string, OrderFacts>(found.map((facts) => [facts.order.id, facts]));
});
