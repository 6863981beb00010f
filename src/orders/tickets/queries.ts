import { and, asc, eq } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { events, ticketCategories } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, orderIdOf } from '../../platform/ids.ts';
import { type Ticket, orders, tickets } from '../tables.ts';

export type EventOfOrder = typeof events.$inferSelect;

export async function findEvent(db: Db, eventId: string): Promise<EventOfOrder | undefined> {
  const [row] = await db.select().from(events).where(eq(events.id, eventId)).limit(1);
  return row;
}

/** A ticket with the name of its category, as a buyer sees it. */
export type TicketFacts = Ticket & { readonly categoryName: string; readonly categoryNameEn: string | null };

/** The tickets that an order's buyer has, in the order they were issued; not those given to others. At most a few hundred. */
export async function findTickets(db: Db, eventId: string, orderId: string): Promise<TicketFacts[]> {
  const rows = await db
    .select({ ticket: tickets, categoryName: ticketCategories.name, categoryNameEn: ticketCategories.nameEn })
    .from(tickets)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .where(and(eq(tickets.eventId, eventId), eq(tickets.orderId, orderId), eq(tickets.timesTransferred, 0)))
    .orderBy(asc(tickets.id));
  return rows.map(({ ticket, ...category }) => ({ ...ticket, ...category }));
}

/**
 * A valid ticket for its present holder; undefined for an earlier one, and for an event that was called off.
 * @param transfer how often the ticket was given on when it reached the caller; 0 for the buyer
 */
export async function findHeldTicket(
  db: Db,
  { ticketId, transfer }: { readonly ticketId: string; readonly transfer: number },
) {
  const eventId = eventIdOf(ticketId);
  const [row] = await db
    .select({
      ticket: tickets,
      categoryName: ticketCategories.name,
      categoryNameEn: ticketCategories.nameEn,
      event: events,
      organizerName: organizers.name,
      locale: orders.locale,
      buyerName: orders.buyerName,
    })
    .from(tickets)
    .innerJoin(orders, and(eq(orders.eventId, tickets.eventId), eq(orders.id, tickets.orderId)))
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .innerJoin(events, eq(events.id, tickets.eventId))
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .where(
      and(
        eq(tickets.eventId, eventId),
        eq(tickets.id, ticketId),
        eq(tickets.orderId, orderIdOf(ticketId)),
        eq(tickets.status, 'live'),
        eq(tickets.timesTransferred, transfer),
      ),
    )
    .limit(1);
  if (row === undefined || row.event.status === 'cancelled') return undefined;
  const { ticket, categoryName, categoryNameEn, ...rest } = row;
  return { ...rest, ticket: { ...ticket, categoryName, categoryNameEn } };
}
