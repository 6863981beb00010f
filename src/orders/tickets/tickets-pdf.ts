import { eventIn } from '../../catalog/index.ts';
import { inLanguage } from '../../platform/text/in-language.ts';
import { sha256 } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { serviceBusy } from '../../platform/errors.ts';
import { eventIdOf, orderCode } from '../../platform/ids.ts';
import { type TicketFacts, findEvent, findHeldTicket, findTickets } from './queries.ts';
import { findOrder } from '../buyer/queries.ts';
import { orderNotFound } from '../../access/errors.ts';
import { orderHasNoLiveTickets, ticketNotFound } from '../errors.ts';
import type { TicketsPdfInput } from './draw-ticket.ts';
import type { TicketKeys, WriteCode } from './codes/ticket-keys.ts';
import { type TicketPrinter, printRetrySeconds } from './print-tickets.ts';

/** More than any order has. It bounds one document. */
const ticketsMax = 200;
/** Part of each version. Raise it with every change of the pages' look. */
const layout = 7;
const versionLength = 22;

export type TicketsPdf = {
  /** The version of everything that the pages show. A client that already has this version causes no drawing. */
  readonly version: string;
  /** @throws DomainError service.busy */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
};

type Deps = { readonly db: Db; readonly ticketPrinter: TicketPrinter; readonly ticketKeys: TicketKeys };

/**
 * The valid tickets of an order as a PDF.
 * @throws DomainError order.not_found, order.no_live_tickets, service.busy
 */
export async function ticketsPdf(deps: Deps, orderId: string): Promise<TicketsPdf> {
  if (!deps.ticketPrinter.takes(orderId)) throw serviceBusy('tickets_pdf', printRetrySeconds);
  const eventId = eventIdOf(orderId);
  const [event, facts, tickets, writeCode] = await Promise.all([
    findEvent(deps.db, eventId),
    findOrder(deps.db, orderId),
    findTickets(deps.db, eventId, orderId),
    deps.ticketKeys.writerOf(eventId),
  ]);
  if (event === undefined || facts === undefined) throw orderNotFound();
  const live = tickets.filter((ticket) => ticket.status === 'live').slice(0, ticketsMax);
  if (live.length === 0) throw orderHasNoLiveTickets();
  const { locale, buyerName, placedAt } = facts.order;
  const order = { locale, buyerName, placedAt, code: orderCode(orderId) };
  return printed(deps, orderId, pageFacts(eventIn(locale, event), order, live, writeCode));
}

/**
 * A ticket as a PDF for the person it was given to.
 * @param transfer the number of the transfer that made this person its holder
 * @throws DomainError ticket.not_found, service.busy
 */
export async function heldTicketPdf(
  deps: Deps,
  { ticketId, transfer }: { readonly ticketId: string; readonly transfer: number },
): Promise<TicketsPdf> {
  if (!deps.ticketPrinter.takes(ticketId)) throw serviceBusy('tickets_pdf', printRetrySeconds);
  const [held, writeCode] = await Promise.all([
    findHeldTicket(deps.db, { ticketId, transfer }),
    deps.ticketKeys.writerOf(eventIdOf(ticketId)),
  ]);
  if (held === undefined) throw ticketNotFound();
  const { ticket, event, locale } = held;
  const order = { locale, buyerName: '', placedAt: ticket.issuedAt, code: undefined };
  return printed(deps, ticketId, pageFacts(eventIn(locale, event), order, [ticket], writeCode));
}

function printed({ ticketPrinter }: Deps, id: string, input: TicketsPdfInput): TicketsPdf {
  const version = versionOf(input);
  return { version, bytes: () => ticketPrinter.print(id, version, input) };
}

/** Exactly what the pages show. The version is a hash of it, and it is copied to the helper process. */
function pageFacts(
  event: TicketsPdfInput['event'],
  order: TicketsPdfInput['order'],
  tickets: readonly TicketFacts[],
  writeCode: WriteCode,
): TicketsPdfInput {
  const { name, venue, address, city, startsAt, doorsOpenAt, timeZone, postponedAt } = event;
  return {
    event: { name, venue, address, city, startsAt, doorsOpenAt, timeZone, postponedAt },
    order,
    tickets: tickets.map((ticket) => ({
      ...writeCode(ticket),
      categoryName: inLanguage(order.locale, ticket.categoryName, ticket.categoryNameEn),
      holderName: ticket.holderName ?? undefined,
    })),
  };
}

function versionOf(input: TicketsPdfInput): string {
  return sha256(JSON.stringify([layout, input]))
    .toString('base64url')
    .slice(0, versionLength);
}
