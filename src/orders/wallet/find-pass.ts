import { and, eq } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { eventIn } from '../../catalog/index.ts';
import { events, ticketCategories } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns, orderCode, orderIdOf } from '../../platform/ids.ts';
import { inLanguage } from '../../platform/text/in-language.ts';
import { ticketNotFound } from '../errors.ts';
import { orders, tickets } from '../tables.ts';
import type { TicketKeys } from '../tickets/codes/ticket-keys.ts';

/** What a wallet pass shows, in the language of the order. */
export type Pass = {
  readonly ticketId: string;
  readonly eventId: string;
  /** Of the holder, who may not be the buyer. */
  readonly transfer: number;
  readonly locale: 'id' | 'en';
  /** What the QR carries, and what a person can type. */
  readonly code: string;
  readonly shortCode: string;
  /** Null for the holder of a ticket that was given on, who is told nothing of the order. */
  readonly orderCode: string | null;
  readonly holderName: string;
  readonly categoryName: string;
  readonly organizerName: string;
  readonly event: {
    readonly name: string;
    readonly venue: string;
    readonly address: string;
    readonly city: string;
    readonly timeZone: string;
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly doorsOpenAt: Date;
    readonly isPostponed: boolean;
    /** Rises with each change of the event. */
    readonly version: number;
  };
};

/**
 * One valid ticket as its present holder may put it into a wallet.
 * @param transfer how often the ticket was given on when it reached the caller; 0 for the buyer
 * @throws DomainError ticket.not_found, also for a ticket that was taken back or given on, and for an event that was called off
 */
export async function findPass(
  { db, ticketKeys }: { readonly db: Db; readonly ticketKeys: TicketKeys },
  { ticketId, transfer }: { readonly ticketId: string; readonly transfer: number },
): Promise<Pass> {
  if (!idPatterns.ticket.test(ticketId)) throw ticketNotFound();
  const eventId = eventIdOf(ticketId);
  const [row] = await db
    .select({
      ticket: tickets,
      event: events,
      organizerName: organizers.name,
      order: { id: orders.id, locale: orders.locale, buyerName: orders.buyerName },
      category: { name: ticketCategories.name, nameEn: ticketCategories.nameEn },
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
  if (row === undefined || row.event.status === 'cancelled') throw ticketNotFound();
  const { ticket, order, category, organizerName } = row;
  const { name, venue, address, city, timeZone, startsAt, endsAt, doorsOpenAt, postponedAt, version } = eventIn(
    order.locale,
    row.event,
  );
  return {
    ...(await ticketKeys.writerOf(eventId))(ticket),
    ticketId,
    eventId,
    transfer,
    locale: order.locale,
    orderCode: transfer === 0 ? orderCode(order.id) : null,
    holderName: ticket.holderName ?? order.buyerName,
    categoryName: inLanguage(order.locale, category.name, category.nameEn),
    organizerName,
    event: {
      name,
      venue,
      address,
      city,
      timeZone,
      startsAt,
      endsAt,
      doorsOpenAt,
      version,
      isPostponed: postponedAt !== null,
    },
  };
}
