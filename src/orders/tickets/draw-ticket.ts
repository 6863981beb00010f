import { toSvgPath } from 'lean-qr/extras/svg';
import type { ShownEvent } from '../../catalog/index.ts';
import { colours, mutedOnAccent } from '../../platform/colours.ts';
import { formatDateTime } from '../../platform/text/format-time.ts';
import { noDate } from '../../platform/text/no-date.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import { groupTicketCode } from './codes/group-ticket-code.ts';
import { type Fitted, type Sheet, faint, field, fitted, line, readable } from './paper/fields.ts';
import { isStandard, paperText } from './paper/printable.ts';
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

const { accent, accentStrong, line: rule } = colours;
const margin = 32;
const nameTop = 42;
const qrSide = 196;
const rowGap = 14;
/** Two lines of names of usual length. Longer ones are set smaller: none is cut, at the lengths that the service takes. */
const nameBox = { size: 20, sizeMin: 9, height: 48 } as const;

type Place = { readonly number: number; readonly count: number };
/** What is drawn below the name of the event begins at `top`. */
type Page = Sheet & { readonly top: number };

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
  { document, fonts, whole }: Pick<Sheet, 'document' | 'fonts'> & { readonly whole: Structure },
  input: TicketsPdfInput,
  ticket: TicketsPdfInput['tickets'][number],
  place: Place,
): void {
  const { ticket: title, of } = words[input.order.locale];
  const section = document.struct('Sect', { title: `${title} ${place.number} ${of} ${place.count}` });
  const width = document.page.width - 2 * margin;
  const name = fitted({ document, fonts }, readable({ fonts }, input.event.name), { ...nameBox, width, bold: true });
  const sheet = { document, fonts, section, top: nameTop + name.height };
  drawBand(sheet, input, { ...place, name });
  drawCode(sheet, input, ticket, place);
  drawFacts(sheet, input, ticket);
  section.end();
  whole.add(section);
}

const startText = ({ startsAt, timeZone, postponedAt }: TicketsPdfInput['event'], locale: 'id' | 'en') =>
  postponedAt === null ? formatDateTime(startsAt, timeZone, locale) : noDate[locale];

/** Draws the facts of the event and the number of this ticket in the order. */
function drawBand(sheet: Page, { event, order }: TicketsPdfInput, place: Place & { readonly name: Fitted }): void {
  const { document, top } = sheet;
  const bandHeight = top + 34;
  const text = words[order.locale];
  const width = document.page.width - 2 * margin;
  const small = { x: margin, y: 26, size: 8, color: mutedOnAccent };
  asDecoration(document, () => {
    document.rect(0, 0, document.page.width, bandHeight).fill(accent);
    document.rect(0, bandHeight, document.page.width, 4).fill(accentStrong);
  });
  line(sheet, text.admit, { ...small, width: width - 60, spacing: 2 });
  line(sheet, `${place.number} ${text.of} ${place.count}`, { ...small, width, align: 'right' });
  const name = { x: margin, y: nameTop, width, color: colours.onAccent, bold: true, ...place.name };
  line(sheet, readable(sheet, event.name), { ...name, element: 'H1' });
  const starts = startText(event, order.locale);
  line(sheet, paperText(starts), { x: margin, y: top + 8, width, size: 9.5, color: mutedOnAccent });
}

const qrTopOf = ({ top }: Pick<Page, 'top'>) => top + 58;
const factsTopOf = (sheet: Pick<Page, 'top'>) => qrTopOf(sheet) + qrSide + 26;

/** Draws the QR code, its text, and the line to fold along. */
function drawCode(
  sheet: Page,
  { order }: TicketsPdfInput,
  { code, shortCode }: TicketsPdfInput['tickets'][number],
  place: Place,
): void {
  const { document, section } = sheet;
  const qrTop = qrTopOf(sheet);
  const factsTop = factsTopOf(sheet);
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

/** Draws rows of facts, each below the one before it, and the place in what is left of the page. */
function drawFacts(sheet: Page, { event, order }: TicketsPdfInput, ticket: TicketsPdfInput['tickets'][number]): void {
  const text = words[order.locale];
  const { page } = sheet.document;
  const width = page.width - 2 * margin;
  const half = width / 2 - 8;
  const left = { x: margin, width: half };
  const right = { x: margin + half + 16, width: half };
  const holder = readable(sheet, ticket.holderName ?? order.buyerName) || (order.code ?? '–');
  const first = factsTopOf(sheet) + rowGap;
  const second =
    rowGap +
    Math.max(
      field(sheet, text.category, readable(sheet, ticket.categoryName), { ...left, y: first }),
      field(sheet, text.holder, holder, { ...right, y: first }),
    );
  const doors = paperText(formatDateTime(event.doorsOpenAt, event.timeZone, order.locale));
  const ends = [
    ...(event.postponedAt === null ? [field(sheet, text.doors, doors, { ...left, y: second })] : []),
    ...(order.code === undefined ? [] : [field(sheet, text.order, order.code, { ...right, y: second })]),
  ];
  const third = ends.length === 0 ? second : rowGap + Math.max(...ends);
  const noteTop = page.height - 44;
  const height = noteTop - third - rowGap;
  field(sheet, text.where, readable(sheet, placeLine(event)), { x: margin, y: third, width, height });
  const note = { x: margin, y: noteTop, width, size: 7.5, color: faint, align: 'center', height: 20 } as const;
  line(sheet, text.note, note);
}

function drawQr(document: PDFKit.PDFDocument, code: string, x: number, y: number): void {
  const bitmap = qrOf(code);
  const module = qrSide / (bitmap.size + 2 * quietZoneModules);
  document.save().translate(x, y).rect(0, 0, qrSide, qrSide).fill('#ffffff');
  document.scale(module).translate(quietZoneModules, quietZoneModules).path(toSvgPath(bitmap)).fill('#000000');
  document.restore();
}
