import { isWithoutDate, startText } from '../../../catalog/index.ts';
import { formatMoney, formatPrice } from '../../../platform/text/format-money.ts';
import { placeLine } from '../../../platform/text/place-line.ts';
import { formatClockIn } from '../../../platform/text/format-time.ts';
import type { OrderMailData } from '../order-mail.ts';
import type { Fact } from './html.ts';
import { words } from './words.ts';

/** Time, place and contents, as rows of a name and a value; the text and the HTML of a mail share them. */
export function eventFacts(data: OrderMailData): [string, string][] {
  const { event, locale } = data;
  const say = words[locale];
  const hasDoors = !isWithoutDate(event) && event.doorsOpenAt < event.startsAt;
  const doors = formatClockIn(event.doorsOpenAt, event.timeZone, locale);
  return [
    [say.when, startText(event, locale)],
    ...(hasDoors ? [[say.doors, doors] satisfies [string, string]] : []),
    [say.where, placeLine(event)],
    [say.orderNumber, data.orderCode],
  ];
}

export function priceFacts(data: OrderMailData): Fact[] {
  const { locale } = data;
  const say = words[locale];
  const rows: Fact[] = data.lines.map((line) => [
    `${line.quantity} × ${line.name}`,
    formatPrice({ ...line.price, amount: line.price.amount * line.quantity }, locale),
  ]);
  if (data.discount.amount > 0) rows.push([say.discount, `−${formatMoney(data.discount, locale)}`]);
  if (data.fees.amount > 0) rows.push([say.fees, formatMoney(data.fees, locale)]);
  rows.push([say.total, formatPrice(data.total, locale), 'sum']);
  return rows;
}

/** `name: value` lines. */
export function factLines(rows: readonly Fact[]): string {
  return rows.map(([name, value]) => `${name}: ${value}`).join('\n');
}
