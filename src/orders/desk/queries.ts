import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type OrderFacts, orderFactsColumns } from '../buyer/queries.ts';
import { type Order, type OrderStatus, orders, promoCodes } from '../tables.ts';

/** What the desk's orders and figures ask. Every question names the organiser or an event that is known to be theirs. */

export type OwnEvent = { readonly id: string; readonly slug: string; readonly currency: string };

export async function findOwnEvent(db: Db, organizerId: string, eventId: string): Promise<OwnEvent | undefined> {
  const [row] = await db
    .select({ id: events.id, slug: events.slug, currency: events.currency })
    .from(events)
    .where(and(eq(events.id, eventId), eq(events.organizerId, organizerId)))
    .limit(1);
  return row;
}

export type OrderFilter = {
  readonly eventId: string;
  readonly status?: OrderStatus | undefined;
  /** The ten characters of an order's code. */
  readonly code?: string | undefined;
  /** The buyer's email as limits compare it. */
  readonly emailKey?: string | undefined;
  /** The last order of the page before. */
  readonly before?: string | undefined;
};

/**
 * Orders of one event, newest first: ids rise with time, so that the primary key alone gives the order and a page costs
 * the same at any depth. Filters by status and email read on along it.
 */
export async function findOrders(db: Db, filter: OrderFilter, limit: number): Promise<OrderFacts[]> {
  return db
    .select(orderFactsColumns)
    .from(orders)
    .innerJoin(events, eq(events.id, orders.eventId))
    .where(
      and(
        eq(orders.eventId, filter.eventId),
        filter.before === undefined ? undefined : lt(orders.id, filter.before),
        filter.status === undefined ? undefined : eq(orders.status, filter.status),
        filter.code === undefined ? undefined : sql`right(${orders.id}, 10) = ${filter.code}`,
        filter.emailKey === undefined ? undefined : sql`${orders.buyerKeys}[1] = ${filter.emailKey}`,
      ),
    )
    .orderBy(desc(orders.id))
    .limit(limit);
}

const exportColumns = {
  id: orders.id,
  status: orders.status,
  placedAt: orders.placedAt,
  paidAt: orders.paidAt,
  buyerName: orders.buyerName,
  buyerEmail: orders.buyerEmail,
  buyerPhone: orders.buyerPhone,
  quantity: orders.quantity,
  subtotal: orders.subtotal,
  discount: orders.discount,
  fees: orders.fees,
  total: orders.total,
  currency: orders.currency,
} as const;

export type ExportRow = Pick<Order, keyof typeof exportColumns> & {
  readonly tickets: string;
  readonly promoCode: string | null;
};

/** The next orders of an export, newest first. */
export async function findExportPage(
  db: Db,
  eventId: string,
  before: string | undefined,
  limit: number,
): Promise<ExportRow[]> {
  const rows = await db
    .select({
      ...exportColumns,
      tickets: sql<string | null>`(
        select string_agg(l.quantity || ' x ' || c.name, '; ' order by c.position, c.id)
        from order_lines l
        join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
        where l.event_id = ${orders.eventId} and l.order_id = ${orders.id})`,
      promoCode: promoCodes.code,
    })
    .from(orders)
    .leftJoin(promoCodes, and(eq(promoCodes.eventId, orders.eventId), eq(promoCodes.id, orders.promoCodeId)))
    .where(and(eq(orders.eventId, eventId), before === undefined ? undefined : lt(orders.id, before)))
    .orderBy(desc(orders.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, tickets: row.tickets ?? '' }));
}

export type CategorySales = {
  readonly id: string;
  readonly name: string;
  readonly pool_id: string;
  readonly paid: number;
  readonly held: number;
  readonly revenue: string;
};

/**
 * What each category of an event has sold and holds, at one moment. Reads the event's tickets and its open holds by
 * their indexes: the desk asks, never a buyer.
 */
export async function findCategorySales(db: Db, eventId: string): Promise<CategorySales[]> {
  return rowsOf<CategorySales>(
    db,
    sql`
      with sold as (
        select t.ticket_category_id, count(*)::integer as quantity, sum(l.unit_price) as revenue
        from tickets t
        join order_lines l
          on l.event_id = t.event_id and l.order_id = t.order_id and l.ticket_category_id = t.ticket_category_id
        where t.event_id = ${eventId} and t.status = 'live'
        group by t.ticket_category_id
      ), held as (
        select l.ticket_category_id, sum(l.quantity)::integer as quantity
        from orders o
        join order_lines l on l.event_id = o.event_id and l.order_id = o.id
        where o.event_id = ${eventId} and o.status in ('pending_payment', 'closing')
        group by l.ticket_category_id
      )
      select c.id, c.name, c.pool_id, coalesce(sold.quantity, 0) as paid, coalesce(held.quantity, 0) as held,
             coalesce(sold.revenue, 0)::text as revenue
      from ticket_categories c
      left join sold on sold.ticket_category_id = c.id
      left join held on held.ticket_category_id = c.id
      where c.event_id = ${eventId}
      order by c.position, c.id`,
  );
}
