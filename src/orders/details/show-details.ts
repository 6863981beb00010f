import { and, asc, eq } from 'drizzle-orm';
import { events, ticketCategories } from '../../catalog/tables.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import type { OrderLink } from '../buyer/order-access.ts';
import { orderNotFound } from '../errors.ts';
import { orders, tickets } from '../tables.ts';

const hourMs = 3_600_000;

export type OrderDetails = {
  /** Null while the event has no date. */
  readonly until: Date | null;
  readonly isOpen: boolean;
  /** Of the event. */
  readonly timeZone: string;
  readonly tickets: readonly NamedTicket[];
};

export type NamedTicket = {
  readonly ticketId: string;
  readonly ticketCategoryId: string;
  readonly ticketCategory: string;
  readonly holderName: string | null;
  readonly timesNamed: number;
};

/**
 * What a buyer tells about an order after paying: the names of its tickets' holders.
 * @throws DomainError order.not_found, also for a link that the order no longer has
 */
export async function showDetails(
  deps: { readonly db: Db; readonly clock: Clock },
  { orderId, version }: OrderLink,
): Promise<OrderDetails> {
  const eventId = eventIdOf(orderId);
  const [event] = await deps.db
    .select({
      status: events.status,
      timeZone: events.timeZone,
      doorsOpenAt: events.doorsOpenAt,
      postponedAt: events.postponedAt,
      untilHours: events.detailsUntilHours,
    })
    .from(orders)
    .innerJoin(events, eq(events.id, orders.eventId))
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId), eq(orders.linkVersion, version)));
  if (event === undefined) throw orderNotFound();
  const found = await listLiveTickets(deps.db, eventId, orderId);
  const entries = found.flatMap(({ entryOpensAt }) => (entryOpensAt === null ? [] : [entryOpensAt.getTime()]));
  const untilMs = Math.min(event.doorsOpenAt.getTime(), ...entries) - event.untilHours * hourMs;
  const until = event.postponedAt === null ? new Date(untilMs) : null;
  const isOver = until !== null && deps.clock.now() >= until;
  return {
    until,
    timeZone: event.timeZone,
    isOpen: event.status === 'published' && !isOver,
    tickets: found.filter(({ hasHolderNames }) => hasHolderNames),
  };
}

async function listLiveTickets(db: Db, eventId: string, orderId: string) {
  return db
    .select({
      ticketId: tickets.id,
      ticketCategoryId: tickets.ticketCategoryId,
      ticketCategory: ticketCategories.name,
      holderName: tickets.holderName,
      timesNamed: tickets.timesNamed,
      hasHolderNames: ticketCategories.hasHolderNames,
      entryOpensAt: ticketCategories.entryOpensAt,
    })
    .from(tickets)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .where(and(eq(tickets.eventId, eventId), eq(tickets.orderId, orderId), eq(tickets.status, 'live')))
    .orderBy(asc(tickets.id));
}
