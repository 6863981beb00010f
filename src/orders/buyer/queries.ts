import { getTableColumns, sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { builtOnce } from '../../platform/database/built-once.ts';
import type { Db } from '../../platform/database/db.ts';
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

/** These orders as they are now, by id; those that do not exist are left out. */
export async function readOrders(db: Db, orderIds: readonly string[]): Promise<ReadonlyMap<string, OrderFacts>> {
  const found = await ordersStatement(db).execute({
    eventIds: arrayText(orderIds.map(eventIdOf)),
    orderIds: arrayText(orderIds),
  });
  return new Map(found.map((facts) => [facts.order.id, facts]));
}

/** An order as it is now; undefined if there is none. */
export const findOrder = readTogether('order_reads', readOrders);
