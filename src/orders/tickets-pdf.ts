import { toSvgPath } from 'lean-qr/extras/svg';
import type { Db } from '../platform/db.ts';
import { eventIdOf, orderCode } from '../platform/ids.ts';
import { type EventOfOrder, findEvent, findOrder, findTickets, type TicketFacts } from './buyer-queries.ts';
import { orderHasNoLiveTickets } from './desk-errors.ts';
import { orderNotFound } from './errors.ts';
import { ticketCode } from './present.ts';
import type { Order } from './tables.ts';
import { qrOf, quietZoneModules } from './ticket-qr.ts';
import { printable } from './printable.ts';

/** What the printed tickets of one order show. */
export type TicketsPdfInput = {
  readonly event: Pick<EventOfOrder, 'name' | 'venue' | 'address' | 'city' | 'startsAt' | 'doorsOpenAt' | 'timeZone'>;
  readonly order: Pick<Order, 'id' | 'buyerName' | 'locale' | 'placedAt'>;
  readonly tickets: readonly Pick<TicketFacts, 'id' | 'code' | 'categoryName'>[];
};

/** More are never in one order; a guard against a page without end. */
const ticketsMax = 200;
/** Pages drawn before other requests get their turn. */
const pagesPerTurn = 10;

const words = {
  id: {
    admit: 'TIKET MASUK',
    holder: 'Nama',
    category: 'Kategori',
    when: 'Mulai',
    doors: 'Pintu dibuka',
    where: 'Tempat',
    order: 'Pesanan',
    of: 'dari',
    note: 'Tunjukkan kode ini di pintu masuk. Satu kode, satu kali masuk: jangan bagikan fotonya.',
  },
  en: {
    admit: 'ADMISSION TICKET',
    holder: 'Name',
    category: 'Category',
    when: 'Starts',
    doors: 'Doors open',
    where: 'Place',
    order: 'Order',
    of: 'of',
    note: 'Show this code at the door. One code, one entry: do not share a picture of it.',
  },
} as const;

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

const ink = '#17162b';
const accent = '#4b3bd1';
const faint = '#6d6b80';
const rule = '#e3e2ee';
const margin = 32;
const bandHeight = 124;
const qrSide = 196;

type Place = { readonly number: number; readonly count: number };

function drawTicket(
  document: PDFKit.PDFDocument,
  { event, order }: TicketsPdfInput,
  ticket: TicketsPdfInput['tickets'][number],
  place: Place,
): void {
  const text = words[order.locale];
  const width = document.page.width - 2 * margin;
  document.rect(0, 0, document.page.width, bandHeight).fill(ink);
  document.rect(0, bandHeight, document.page.width, 4).fill(accent);
  line(document, text.admit, { x: margin, y: 26, width: width - 60, size: 8, color: '#b9b3f5', spacing: 2 });
  line(document, `${place.number} ${text.of} ${place.count}`, {
    x: margin,
    y: 26,
    width,
    size: 8,
    color: '#b9b3f5',
    align: 'right',
  });
  line(document, printable(event.name), {
    x: margin,
    y: 42,
    width,
    size: 20,
    color: '#ffffff',
    bold: true,
    height: 48,
  });
  line(document, when(event.startsAt, event.timeZone, order.locale), {
    x: margin,
    y: 98,
    width,
    size: 9.5,
    color: '#dcdaf7',
  });
  const qrTop = bandHeight + 24;
  drawQr(document, ticketCode(ticket), (document.page.width - qrSide) / 2, qrTop);
  line(document, ticketCode(ticket).replace(/(.{4})(?=.)/g, '$1 '), {
    x: margin,
    y: qrTop + qrSide + 4,
    width,
    size: 8,
    color: faint,
    align: 'center',
    spacing: 1,
  });
  const top = qrTop + qrSide + 26;
  document
    .moveTo(margin, top)
    .lineTo(margin + width, top)
    .lineWidth(1)
    .dash(3, { space: 3 })
    .stroke(rule)
    .undash();
  const half = width / 2 - 8;
  const holder = printable(order.buyerName, orderCode(order.id));
  field(document, text.category, printable(ticket.categoryName), { x: margin, y: top + 14, width: half });
  field(document, text.holder, holder, { x: margin + half + 16, y: top + 14, width: half });
  field(document, text.doors, when(event.doorsOpenAt, event.timeZone, order.locale), {
    x: margin,
    y: top + 62,
    width: half,
  });
  field(document, text.order, orderCode(order.id), { x: margin + half + 16, y: top + 62, width: half });
  const where = [event.venue, event.address, event.city].filter((part) => part !== '').join(', ');
  field(document, text.where, printable(where), { x: margin, y: top + 110, width });
  line(document, text.note, {
    x: margin,
    y: document.page.height - 44,
    width,
    size: 7.5,
    color: faint,
    align: 'center',
    height: 20,
  });
}

type Line = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly color: string;
  readonly bold?: boolean;
  readonly align?: 'right' | 'center';
  readonly height?: number;
  readonly spacing?: number;
};

/** Text in its own box: what does not fit ends in an ellipsis and never flows to another page. */
function line(document: PDFKit.PDFDocument, text: string, at: Line): void {
  document
    .font(at.bold === true ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(at.size)
    .fillColor(at.color)
    .text(text, at.x, at.y, {
      width: at.width,
      height: at.height ?? at.size * 1.2,
      ellipsis: true,
      characterSpacing: at.spacing ?? 0,
      ...(at.align === undefined ? {} : { align: at.align }),
    });
}

function field(
  document: PDFKit.PDFDocument,
  label: string,
  value: string,
  at: { x: number; y: number; width: number },
): void {
  line(document, label.toUpperCase(), { ...at, size: 6.5, color: faint, spacing: 1 });
  line(document, value, { ...at, y: at.y + 11, size: 10.5, color: ink, bold: true, height: 26 });
}

function drawQr(document: PDFKit.PDFDocument, code: string, x: number, y: number): void {
  const bitmap = qrOf(code);
  const module = qrSide / (bitmap.size + 2 * quietZoneModules);
  document.save().translate(x, y).rect(0, 0, qrSide, qrSide).fill('#ffffff');
  document.scale(module).translate(quietZoneModules, quietZoneModules).path(toSvgPath(bitmap)).fill('#000000');
  document.restore();
}

function when(time: Date, timeZone: string, locale: Order['locale']): string {
  const text = new Intl.DateTimeFormat(locale === 'id' ? 'id-ID' : 'en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(time);
  return printable(text);
}
