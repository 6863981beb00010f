import { and, asc, eq } from 'drizzle-orm';
import { isOver } from '../../catalog/index.ts';
import { events, ticketCategories } from '../../catalog/tables.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import type { OrderLink } from '../buyer/order-access.ts';
import { orderNotFound } from '../../access/errors.ts';
import { ticketNotFound } from '../errors.ts';
import { type Wallets, walletNames } from '../wallet/routes.ts';
import type { TicketKeys } from '../tickets/codes/ticket-keys.ts';
import { orders, ticketTransfers, tickets } from '../tables.ts';
import { transfersPerTicketMax } from './limits.ts';

type Deps = { readonly db: Db; readonly clock: Clock };

/**
 * The live tickets of an order, and the people its buyer gave them to. The buyer does not see where a ticket went after
 * that.
 * @throws DomainError order.not_found, also for an outdated link of the order
 */
export async function showTransfers({ db, clock }: Deps, { orderId, version }: OrderLink) {
  const eventId = eventIdOf(orderId);
  const [event] = await db
    .select(eventOpens)
    .from(orders)
    .innerJoin(events, eq(events.id, orders.eventId))
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId), eq(orders.linkVersion, version)));
  if (event === undefined) throw orderNotFound();
  const rows = await db
    .select({
      ticketId: tickets.id,
      ticketCategoryId: tickets.ticketCategoryId,
      ticketCategory: ticketCategories.name,
      ticketCategoryEn: ticketCategories.nameEn,
      holderName: ticketTransfers.holderName,
      transferredAt: ticketTransfers.transferredAt,
    })
    .from(tickets)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .leftJoin(
      ticketTransfers,
      and(
        eq(ticketTransfers.eventId, tickets.eventId),
        eq(ticketTransfers.ticketId, tickets.id),
        eq(ticketTransfers.number, 1),
      ),
    )
    .where(and(eq(tickets.eventId, eventId), eq(tickets.orderId, orderId), eq(tickets.status, 'live')))
    .orderBy(asc(tickets.id));
  return {
    isOpen: isOpen(event, clock.now()),
    tickets: rows.map(({ holderName, transferredAt, ...ticket }) => ({
      ...ticket,
      holder:
        holderName === null || transferredAt === null ? null : { name: holderName, since: transferredAt.toISOString() },
    })),
  };
}

/**
 * A ticket as the person who received it sees it.
 * @throws DomainError ticket.not_found, also for the link of an earlier holder
 */
export async function showHeldTicket(
  { db, clock, ticketKeys, wallets }: Deps & { readonly ticketKeys: TicketKeys; readonly wallets: Wallets },
  { ticketId, number }: { ticketId: string; number: number },
) {
  const eventId = eventIdOf(ticketId);
  const [row] = await db
    .select({
      ticket: tickets,
      category: ticketCategories.name,
      categoryEn: ticketCategories.nameEn,
      event: events,
    })
    .from(tickets)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .innerJoin(events, eq(events.id, tickets.eventId))
    .where(and(eq(tickets.eventId, eventId), eq(tickets.id, ticketId), eq(tickets.timesTransferred, number)));
  if (row === undefined) throw ticketNotFound();
  const { ticket, event } = row;
  const isLive = ticket.status === 'live' && event.status !== 'cancelled';
  return {
    id: ticket.id,
    // A ticket that opens no door shows no code.
    code: isLive ? (await ticketKeys.writerOf(eventId))(ticket) : null,
    ticketCategory: row.category,
    ticketCategoryEn: row.categoryEn,
    holderName: ticket.holderName ?? '',
    isTransferable:
      isLive && isOpen({ ...event, allowed: event.transfersAllowed }, clock.now()) && number < transfersPerTicketMax,
    wallets: isLive ? walletNames(wallets) : [],
    event: {
      slug: event.slug,
      name: event.name,
      nameEn: event.nameEn,
      venue: event.venue,
      city: event.city,
      timeZone: event.timeZone,
      startsAt: event.startsAt.toISOString(),
      doorsOpenAt: event.doorsOpenAt.toISOString(),
      isPostponed: event.postponedAt !== null,
    },
  };
}

const eventOpens = {
  allowed: events.transfersAllowed,
  status: events.status,
  endsAt: events.endsAt,
  postponedAt: events.postponedAt,
};

function isOpen(
  event: { allowed: boolean; status: string; endsAt: Date; postponedAt: Date | null },
  now: Date,
): boolean {
  return event.allowed && event.status === 'published' && !isOver(event, now);
}
