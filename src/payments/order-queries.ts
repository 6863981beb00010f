import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { events, ticketCategories } from '../catalog/tables.ts';
import type { Order } from '../orders/index.ts';
import { orderClosing } from '../orders/jobs.ts';
import { orderLines, orders, tickets } from '../orders/tables.ts';
import { type Db, rowsOf } from '../platform/database/db.ts';
import { idsWithJob } from '../platform/jobs/staged-jobs.ts';

/** Reads of the orders room's rows that payments need. */

export type PayableOrder = {
  readonly order: Order;
  /** By Postgres' time: until the hold ends as it stands, and as it would once the instructions are ready. */
  readonly secondsLeft: number;
  readonly secondsLeftIfReadyNow: number;
};

export async function findPayableOrder(db: Db, eventId: string, orderId: string): Promise<PayableOrder | undefined> {
  const [row] = await db
    .select({
      order: orders,
      secondsLeft: sql<number>`extract(epoch from ${orders.expiresAt} - now())::float8`,
      secondsLeftIfReadyNow: sql<number>`extract(epoch from least(${orders.holdEndsMaxAt} - now(), (${orders.holdEndsMaxAt} - ${orders.placedAt}) / 2))::float8`,
    })
    .from(orders)
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId)));
  return row;
}

export type Line = { readonly id: string; readonly name: string; readonly price: number; readonly quantity: number };

export async function findLines(db: Db, order: Pick<Order, 'eventId' | 'id'>): Promise<Line[]> {
  return db
    .select({
      id: orderLines.ticketCategoryId,
      name: ticketCategories.name,
      price: orderLines.unitPrice,
      quantity: orderLines.quantity,
    })
    .from(orderLines)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, orderLines.eventId), eq(ticketCategories.id, orderLines.ticketCategoryId)),
    )
    .where(and(eq(orderLines.eventId, order.eventId), eq(orderLines.orderId, order.id)))
    .orderBy(asc(orderLines.ticketCategoryId));
}

export type LiveTicket = { readonly id: string; readonly price: number };

/** The valid tickets, with the price of each before any discount. */
export async function findLiveTickets(db: Db, order: Pick<Order, 'eventId' | 'id'>): Promise<LiveTicket[]> {
  return db
    .select({ id: tickets.id, price: orderLines.unitPrice })
    .from(tickets)
    .innerJoin(
      orderLines,
      and(
        eq(orderLines.eventId, tickets.eventId),
        eq(orderLines.orderId, tickets.orderId),
        eq(orderLines.ticketCategoryId, tickets.ticketCategoryId),
      ),
    )
    .where(and(eq(tickets.eventId, order.eventId), eq(tickets.orderId, order.id), eq(tickets.status, 'live')))
    .orderBy(asc(tickets.id));
}

/** Whether places given back to this event can still be sold. A postponed event is ahead: it gets a new date, or is called off. */
export async function isEventAhead(db: Db, eventId: string): Promise<boolean> {
  const [row] = await db
    .select({
      ahead: sql<boolean>`${events.status} = 'published' and (${events.startsAt} > now() or ${events.postponedAt} is not null)`,
    })
    .from(events)
    .where(eq(events.id, eventId));
  return row?.ahead ?? false;
}

/** Orders that have been closing for longer than closing can take: their job was lost or given up. */
export async function findStuckClosing(
  db: Db,
  minutes: number,
  limit: number,
): Promise<{ eventId: string; orderId: string }[]> {
  return rowsOf<{ eventId: string; orderId: string }>(
    db,
    sql`
      select o.event_id as "eventId", o.id as "orderId" from orders o
      where o.status || '' = 'closing' and o.expires_at < now() - make_interval(mins => ${minutes})
        and o.id not in ${idsWithJob([orderClosing], 'orderId')}
      order by o.expires_at limit ${limit}`,
  );
}

/** Orders of an event that still hold money or tickets, by id, after the given one. */
export async function findPaidOrderIds(db: Db, eventId: string, afterId: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(eq(orders.eventId, eventId), gt(orders.id, afterId), inArray(orders.status, ['paid', 'partially_refunded'])),
    )
    .orderBy(asc(orders.id))
    .limit(limit);
  return rows.map((row) => row.id);
}
