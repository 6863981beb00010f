import type { Db } from '../platform/db.ts';
import { eventIdOf } from '../platform/ids.ts';
import { findEvent, findOrder, findTickets } from './buyer-queries.ts';
import { orderHasNoLiveTickets } from './desk-errors.ts';
import { type TicketsPdfInput, drawTicket } from './draw-ticket.ts';
import { orderNotFound } from './errors.ts';
import { printable } from './printable.ts';

/** More are never in one order; a guard against a page without end. */
const ticketsMax = 200;
/** Pages drawn before other requests get their turn. */
const pagesPerTurn = 10;

/**
 * The valid tickets of an order as a PDF.
 * @throws DomainError order.not_found, order.no_live_tickets
 */
export async function ticketsPdf(deps: { db: Db }, orderId: string): Promise<Buffer> {
  const eventId = eventIdOf(orderId);
  const [event, facts, tickets] = await Promise.all([
    findEvent(deps.db, eventId),
    findOrder(deps.db, eventId, orderId),
    findTickets(deps.db, eventId, orderId),
  ]);
  if (event === undefined || facts === undefined) throw orderNotFound();
  const live = tickets.filter((ticket) => ticket.status === 'live');
  if (live.length === 0) throw orderHasNoLiveTickets();
  return renderTickets({ event, order: facts.order, tickets: live });
}

/**
 * Draws one A5 page per ticket with the fonts that every reader of PDF has; nothing is embedded. The same tickets give
 * the same bytes.
 */
export async function renderTickets(input: TicketsPdfInput): Promise<Buffer> {
  // Loaded when the first ticket is printed: a process that never prints starts faster and stays 30 MB smaller.
  const { default: PdfDocument } = await import('pdfkit');
  const tickets = input.tickets.slice(0, ticketsMax);
  const document = new PdfDocument({
    autoFirstPage: false,
    size: 'A5',
    margin: 0,
    info: {
      Title: printable(input.event.name),
      Creator: 'antre',
      Producer: 'antre',
      CreationDate: input.order.placedAt,
    },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  for (const [index, ticket] of tickets.entries()) {
    document.addPage();
    drawTicket(document, input, ticket, { number: index + 1, count: tickets.length });
    if ((index + 1) % pagesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
