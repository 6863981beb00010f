import { and, asc, eq, sql } from 'drizzle-orm';
import { events, ticketCategories } from '../../catalog/tables.ts';
import { builtOnce } from '../../platform/database/built-once.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { orderLinkRequested } from '../jobs.ts';
import { type Order, orders, type Ticket, tickets } from '../tables.ts';

/** An order with what its JSON needs besides its own row. */
export type OrderFacts = {
  readonly order: Order;
  readonly eventSlug: string;
  readonly lines: readonly OrderLineFacts[];
};

export type OrderLineFacts = {
  readonly ticketCategoryId: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
};

export type EventOfOrder = typeof events.$inferSelect;

/**
 * Lines in the order of the event's categories; by primary keys alone, in one statement, since buyers poll it. Only for
 * a select that joins: drizzle writes columns without their table's name when there is one table.
 */
export const orderFactsColumns = {
  order: orders,
  eventSlug: events.slug,
  lines: sql<OrderLineFacts[]>`(
    select coalesce(json_agg(json_build_object(
        'ticketCategoryId', l.ticket_category_id, 'name', c.name, 'quantity', l.quantity, 'unitPrice', l.unit_price
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

export async function findEvent(db: Db, eventId: string): Promise<EventOfOrder | undefined> {
  const [row] = await db.select().from(events).where(eq(events.id, eventId)).limit(1);
  return row;
}

/** A ticket with the name of its category, as a buyer sees it. */
export type TicketFacts = Ticket & { readonly categoryName: string };

/** An order's tickets in the order they were issued; an order has at most a few hundred. */
export async function findTickets(db: Db, eventId: string, orderId: string): Promise<TicketFacts[]> {
  const rows = await db
    .select({ ticket: tickets, categoryName: ticketCategories.name })
    .from(tickets)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .where(and(eq(tickets.eventId, eventId), eq(tickets.orderId, orderId)))
    .orderBy(asc(tickets.id));
  return rows.map(({ ticket, categoryName }) => ({ ...ticket, categoryName }));
}

export async function findLiveTicket(
  db: Db,
  eventId: string,
  orderId: string,
  ticketId: string,
): Promise<Ticket | undefined> {
  const [row] = await db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.eventId, eventId),
        eq(tickets.id, ticketId),
        eq(tickets.orderId, orderId),
        eq(tickets.status, 'live'),
      ),
    )
    .limit(1);
  return row;
}

/** Two orders may share the ten characters of a code; more than a few never do. */
const linksPerLookupMax = 3;

/**
 * Stages the mail with the link for each order of this buyer with this code. The index on codes begins with the event, so
 * that a sale touches few of its pages; a look-up therefore asks one event after the other, some microseconds each. The
 * email is compared as limits compare it: `A.Buyer+x@gmail.com` finds the order of `abuyer@gmail.com`, and the mail goes
 * to the address on the order.
 */
export async function stageLinkMails(db: Db, emailKey: string, code: string): Promise<void> {
  await transaction(db, async (tx) => {
    const found = await rowsOf<{ eventId: string; orderId: string }>(
      tx,
      sql`
        select o.event_id as "eventId", o.id as "orderId"
        from events e
        cross join lateral (
          select o.event_id, o.id from orders o
          where o.event_id = e.id and right(o.id, 10) = ${code} and o.buyer_keys[1] = ${emailKey}
          limit ${linksPerLookupMax}) o
        limit ${linksPerLookupMax}`,
    );
    for (const row of found) await stage(tx, orderLinkRequested, row);
  });
}
