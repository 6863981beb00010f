import { sha256 } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { serviceBusy } from '../../platform/errors.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { type TicketFacts, findEvent, findTickets } from './queries.ts';
import { findOrder } from '../buyer/queries.ts';
import { orderHasNoLiveTickets, orderNotFound } from '../errors.ts';
import type { TicketsPdfInput } from './draw-ticket.ts';
import { ticketCode } from './present.ts';
import { type TicketPrinter, printRetrySeconds } from './print-tickets.ts';

/** More are never in one order; a guard against a page without end. */
const ticketsMax = 200;
/** Raise it with every change of what a page looks like: it is part of each version. */
const layout = 2;
const versionLength = 22;

export type TicketsPdf = {
  /** Names what the pages show. A client that has this version needs no bytes, and nothing is drawn for it. */
  readonly version: string;
  /** @throws DomainError service.busy */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
};

/**
 * The valid tickets of an order as a PDF.
 * @throws DomainError order.not_found, order.no_live_tickets, service.busy
 */
export async function ticketsPdf(
  deps: { readonly db: Db; readonly ticketPrinter: TicketPrinter },
  orderId: string,
): Promise<TicketsPdf> {
  if (!deps.ticketPrinter.takes(orderId)) throw serviceBusy('tickets_pdf', printRetrySeconds);
  const eventId = eventIdOf(orderId);
  const [event, facts, tickets] = await Promise.all([
    findEvent(deps.db, eventId),
    findOrder(deps.db, eventId, orderId),
    findTickets(deps.db, eventId, orderId),
  ]);
  if (event === undefined || facts === undefined) throw orderNotFound();
  const live = tickets.filter((ticket) => ticket.status === 'live').slice(0, ticketsMax);
  if (live.length === 0) throw orderHasNoLiveTickets();
  const input = pageFacts(event, facts.order, live);
  const version = versionOf(input);
  return { version, bytes: () => deps.ticketPrinter.print(orderId, version, input) };
}

/** What the pages show and nothing else: the version is made of it, and it is copied to another thread. */
function pageFacts(
  event: TicketsPdfInput['event'],
  order: TicketsPdfInput['order'],
  tickets: readonly TicketFacts[],
): TicketsPdfInput {
  const { name, venue, address, city, startsAt, doorsOpenAt, timeZone } = event;
  return {
    event: { name, venue, address, city, startsAt, doorsOpenAt, timeZone },
    order: { id: order.id, buyerName: order.buyerName, locale: order.locale, placedAt: order.placedAt },
    tickets: tickets.map((ticket) => ({ code: ticketCode(ticket), categoryName: ticket.categoryName })),
  };
}

function versionOf(input: TicketsPdfInput): string {
  return sha256(JSON.stringify([layout, input]))
    .toString('base64url')
    .slice(0, versionLength);
}
