import { toSvgPath } from 'lean-qr/extras/svg';
import type { ShownEvent } from '../../catalog/index.ts';
import { formatDateTime } from '../../platform/text/format-time.ts';
import { noDate } from '../../platform/text/no-date.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import { groupTicketCode } from './codes/group-ticket-code.ts';
import type { Fonts } from '../../platform/typesetting/fonts.ts';
import { isStandard, paperText } from './paper/printable.ts';
import { drawText, shownText } from './paper/text-box.ts';
import { qrOf, quietZoneModules } from './qr.ts';
import { type Structure, asDecoration, asElement } from './paper/structure.ts';
import type { Order } from '../tables.ts';

/** What the printed tickets of one order show, or one ticket of it that was given on. */
export type TicketsPdfInput = {
  readonly event: Pick<
    ShownEvent,
    'name' | 'venue' | 'address' | 'city' | 'startsAt' | 'doorsOpenAt' | 'timeZone' | 'postponedAt'
  >;
  readonly order: Pick<Order, 'buyerName' | 'locale' | 'placedAt'> & {
    /** Undefined on a ticket that was given on, because its holder is told nothing about the order. */
    readonly code: string | undefined;
  };
  /** `code` is the text of the QR code, `shortCode` what a person can type. */
  readonly tickets: readonly {
    readonly code: string;
    readonly shortCode: string;
    readonly categoryName: string;
    /** Without it the buyer's name stands on the ticket. */
    readonly holderName?: string | undefined;
  }[];
};

const words = {
  id: {
    admit: 'TIKET MASUK',
    holder: 'Nama',
    category: 'Kategori',
    doors: 'Pintu dibuka',
    where: 'Tempat',
    order: 'Pesanan',
    of: 'dari',
    ticket: 'Tiket',
    qr: 'Kode QR tiket',
    note: 'Tunjukkan kode ini di pintu masuk. Satu kode, satu kali masuk: jangan bagikan fotonya.',
  },
  en: {
    admit: 'ADMISSION TICKET',
    holder: 'Name',
    category: 'Category',
    doors: 'Doors open',
    where: 'Place',
    order: 'Order',
    of: 'of',
    ticket: 'Ticket',
    qr: 'QR code of ticket',
    note: 'Show this code at the door. One code, one entry: do not share a picture of it.',
  },
} as const;

/** The colours of the pages and mails (`src/web/client/styles/colours.css`), as printers have them. */
const ink = '#14342b';
const accent = '#0d4f42';
const faint = '#655e53';
const rule = '#ddd4c5';
const onBand = '#b9d8c9';
const margin = 32;
const bandHeight = 124;
const qrSide = 196;
const qrTop = bandHeight + 24;
const factsTop = qrTop + qrSide + 26;

type Place = { readonly number: number; readonly count: number };
/** The document, the fonts to draw with, and the part of its structure that the page belongs to. */
type Sheet = { readonly document: PDFKit.PDFDocument; readonly fonts: Fonts; readonly section: Structure };

/** The texts on a ticket that people have written. Their fonts are opened before drawing. */
export function writtenTexts({ event, order, tickets }: TicketsPdfInput): string[] {
  const written = tickets.flatMap(({ categoryName, holderName }) => [
    categoryName,
    ...(holderName === undefined ? [] : [holderName]),
  ]);
  const texts = [event.name, placeLine(event), order.buyerName, ...written];
  // Each may end in an ellipsis.
  return ['…', ...texts.map(paperText).filter((text) => !isStandard(text))];
}

/** Draws one ticket on the current page of the document. */
export function drawTicket(
  { document, fonts, whole }: Omit<Sheet, 'section'> & { readonly whole: Structure },
  input: TicketsPdfInput,
  ticket: TicketsPdfInput['tickets'][number],
  place: Place,
): void {
  const { ticket: title, of } = words[input.order.locale];
  const section = document.struct('Sect', { title: `${title} ${place.number} ${of} ${place.count}` });
  const sheet = { document, fonts, section };
  drawBand(sheet, input, place);
  drawCode(sheet, input, ticket, place);
  drawFacts(sheet, input, ticket);
  section.end();
  whole.add(section);
}

const startText = ({ startsAt, timeZone, postponedAt }: TicketsPdfInput['event'], locale: 'id' | 'en') =>
  postponedAt === null ? formatDateTime(startsAt, timeZone, locale) : noDate[locale];

/** Draws the facts of the event and the number of this ticket in the order. */
function drawBand(sheet: Sheet, { event, order }: TicketsPdfInput, place: Place): void {
  const { document } = sheet;
  const text = words[order.locale];
  const width = document.page.width - 2 * margin;
  const small = { x: margin, y: 26, size: 8, color: onBand };
  asDecoration(document, () => {
    document.rect(0, 0, document.page.width, bandHeight).fill(ink);
    document.rect(0, bandHeight, document.page.width, 4).fill(accent);
  });
  line(sheet, text.admit, { ...small, width: width - 60, spacing: 2 });
  line(sheet, `${place.number} ${text.of} ${place.count}`, { ...small, width, align: 'right' });
  const name = { x: margin, y: 42, width, size: 20, color: '#ffffff', bold: true, height: 48 };
  line(sheet, readable(sheet, event.name), { ...name, element: 'H1' });
  const starts = startText(event, order.locale);
  line(sheet, paperText(starts), { x: margin, y: 98, width, size: 9.5, color: onBand });
}

/** Draws the QR code, its text, and the line to fold along. */
function drawCode(
  sheet: Sheet,
  { order }: TicketsPdfInput,
  { code, shortCode }: TicketsPdfInput['tickets'][number],
  place: Place,
): void {
  const { document, section } = sheet;
  const width = document.page.width - 2 * margin;
  const left = (document.page.width - qrSide) / 2;
  // Readers who cannot see the code can read it out: the alternative text is the code that people type.
  const alt = `${words[order.locale].qr} ${place.number}: ${groupTicketCode(shortCode)}`;
  const bbox = [left, qrTop, left + qrSide, qrTop + qrSide] as const;
  asElement({ document, parent: section }, 'Figure', () => drawQr(document, code, left, qrTop), { alt, bbox });
  const letters = {
    x: margin,
    y: qrTop + qrSide + 4,
    width,
    size: 8,
    color: faint,
    align: 'center',
    spacing: 1,
  } as const;
  line(sheet, groupTicketCode(shortCode), letters);
  asDecoration(document, () => {
    document
      .moveTo(margin, factsTop)
      .lineTo(margin + width, factsTop)
      .lineWidth(1)
      .dash(3, { space: 3 })
      .stroke(rule)
      .undash();
  });
}

function drawFacts(sheet: Sheet, { event, order }: TicketsPdfInput, ticket: TicketsPdfInput['tickets'][number]): void {
  const text = words[order.locale];
  const width = sheet.document.page.width - 2 * margin;
  const half = width / 2 - 8;
  const left = { x: margin, width: half };
  const right = { x: margin + half + 16, width: half };
  const holder = readable(sheet, ticket.holderName ?? order.buyerName) || (order.code ?? '–');
  field(sheet, text.category, readable(sheet, ticket.categoryName), { ...left, y: factsTop + 14 });
  field(sheet, text.holder, holder, { ...right, y: factsTop + 14 });
  const doors = paperText(formatDateTime(event.doorsOpenAt, event.timeZone, order.locale));
  if (event.postponedAt === null) field(sheet, text.doors, doors, { ...left, y: factsTop + 62 });
  if (order.code !== undefined) field(sheet, text.order, order.code, { ...right, y: factsTop + 62 });
  field(sheet, text.where, readable(sheet, placeLine(event)), { x: margin, y: factsTop + 110, width });
  const note = {
    x: margin,
    y: sheet.document.page.height - 44,
    width,
    size: 7.5,
    color: faint,
    align: 'center',
    height: 20,
  } as const;
  line(sheet, text.note, note);
}

/** The part of a written text that the fonts can draw. */
function readable({ fonts }: Sheet, written: string): string {
  const text = paperText(written);
  return isStandard(text) ? text : shownText(text, fonts);
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
  /** The text's role in the structure of the document. */
  readonly element?: 'H1' | 'P' | 'Span';
};

/** Draws text in its own box. A longer text is cut with an ellipsis, so it never flows to another page. */
function line({ document, fonts, section }: Sheet, text: string, at: Line): void {
  asElement({ document, parent: section }, at.element ?? 'P', () => write({ document, fonts }, text, at));
}

function write({ document, fonts }: Omit<Sheet, 'section'>, text: string, at: Line): void {
  const height = at.height ?? at.size * 1.2;
  if (!isStandard(text)) {
    drawText(document, text, { ...at, height }, fonts);
    return;
  }
  document
    .font(at.bold === true ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(at.size)
    .fillColor(at.color)
    .text(text, at.x, at.y, {
      width: at.width,
      height,
      ellipsis: true,
      characterSpacing: at.spacing ?? 0,
      ...(at.align === undefined ? {} : { align: at.align }),
    });
}

/** A label and its value are one paragraph, so that they are read together. */
function field(sheet: Sheet, label: string, value: string, at: { x: number; y: number; width: number }): void {
  const section = sheet.document.struct('P');
  const pair = { ...sheet, section };
  line(pair, label.toUpperCase(), { ...at, size: 6.5, color: faint, spacing: 1, element: 'Span' });
  line(pair, value, { ...at, y: at.y + 11, size: 10.5, color: ink, bold: true, height: 26, element: 'Span' });
  section.end();
  sheet.section.add(section);
}

function drawQr(document: PDFKit.PDFDocument, code: string, x: number, y: number): void {
  const bitmap = qrOf(code);
  const module = qrSide / (bitmap.size + 2 * quietZoneModules);
  document.save().translate(x, y).rect(0, 0, qrSide, qrSide).fill('#ffffff');
  document.scale(module).translate(quietZoneModules, quietZoneModules).path(toSvgPath(bitmap)).fill('#000000');
  document.restore();
}
