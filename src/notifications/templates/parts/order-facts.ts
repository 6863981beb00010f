import { formatMoney, formatPrice } from '../../../platform/text/format-money.ts';
import { formatClockIn, formatDateTime } from '../../../platform/text/format-time.ts';
import { noDate } from '../../../platform/text/no-date.ts';
import type { OrderMailData } from '../order-mail.ts';
import { words } from './words.ts';

type Planned = Pick<OrderMailData['event'], 'startsAt' | 'timeZone' | 'status' | 'postponedAt'>;

/** Whether the event takes place at a time that is not known yet. */
export const isWithoutDate = ({ status, postponedAt }: Planned) => status !== 'cancelled' && postponedAt !== null;

/** When the event starts. */
export const startText = (event: Planned, locale: 'id' | 'en') =>
  isWithoutDate(event) ? noDate[locale] : formatDateTime(event.startsAt, event.timeZone, locale);

/** Time, place and contents, as rows of a name and a value; the text and the HTML of a mail share them. */
export function eventFacts(data: OrderMailData): [string, string][] {
  const { event, locale } = data;
  const say = words[locale];
  const hasDoors = !isWithoutDate(event) && event.doorsOpenAt < event.startsAt;
  const doors = formatClockIn(event.doorsOpenAt, event.timeZone, locale);
  return [
    [say.when, startText(event, locale)],
    ...(hasDoors ? [[say.doors, doors] satisfies [string, string]] : []),
    [say.where, placeOf(event)],
    [say.orderNumber, data.orderCode],
  ];
}

/** Venue, address and city as one line. */
export function placeOf({ venue, address, city }: { venue: string; address: string; city: string }): string {
  return [venue, address, city].filter((part) => part !== '').join(', ');
}

export function priceFacts(data: OrderMailData): [string, string][] {
  const { locale } = data;
  const say = words[locale];
  const rows: [string, string][] = data.lines.map((line) => [
    `${line.quantity} × ${line.name}`,
    formatPrice({ ...line.price, amount: line.price.amount * line.quantity }, locale),
  ]);
  if (data.discount.amount > 0) rows.push([say.discount, `−${formatMoney(data.discount, locale)}`]);
  if (data.fees.amount > 0) rows.push([say.fees, formatMoney(data.fees, locale)]);
  rows.push([say.total, formatPrice(data.total, locale)]);
  return rows;
}

/** `name: value` lines. */
export function factLines(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, value]) => `${name}: ${value}`).join('\n');
}
