import type { When } from '../i18n/words/home.ts';
import { type Currency, currencies, currencyDefault } from '../../platform/text/money.ts';
import { withoutUndefined } from '../../platform/without-undefined.ts';

export const whens: readonly When[] = ['today', 'weekend', 'week', 'month'];

/** The highest prices that the form offers, in minor units. Few values, so that searches share their answers. */
const priceMaxes: Readonly<Record<Currency, readonly number[]>> = {
  IDR: [100_000, 250_000, 500_000],
  USD: [1000, 2500, 5000],
  SGD: [1000, 2500, 5000],
  MYR: [5000, 10_000, 20_000],
};
/** In an address: `100000` for rupiah, `2500-sgd` for another currency. */
const boundIn = (currency: Currency, amount: number) =>
  currency === currencyDefault ? String(amount) : `${amount}-${currency.toLowerCase()}`;

export const freeOnly = '0';
/** A highest price is one in a currency, because amounts of two currencies cannot be compared. */
export const priceBounds = currencies.flatMap((currency) =>
  priceMaxes[currency].map((amount) => ({ inAddress: boundIn(currency, amount), price: { amount, currency } })),
);
export type PriceBound = (typeof priceBounds)[number];

export const boundOf = ({ priceMax }: Search): PriceBound | undefined =>
  priceBounds.find(({ inAddress }) => inAddress === priceMax);

export type Search = {
  readonly q?: string;
  readonly city?: string;
  readonly category?: string;
  readonly when?: When;
  /** `0` for free tickets, or a price of `priceBounds`. */
  readonly priceMax?: string;
  readonly cursor?: string;
};

const wordsLengthMax = 100;
const placeLengthMax = 120;
const labelLengthMax = 80;
const cursorLengthMax = 500;
const dayMs = 86_400_000;
const saturday = 6;

/** The search in the address. Faulty parameters are ignored, so that an odd link from elsewhere still shows events. */
export function readSearch(query: Readonly<Record<string, string>>): Search {
  const q = lineOf(query['q'], wordsLengthMax);
  const city = lineOf(query['city'], placeLengthMax);
  const category = lineOf(query['category'], labelLengthMax);
  const when = whens.find((one) => one === query['when']);
  const priceMax = [freeOnly, ...priceBounds.map(({ inAddress }) => inAddress)].find(
    (one) => one === query['priceMax'],
  );
  const cursor = query['cursor'];
  const isOurCursor = cursor !== undefined && cursor !== '' && cursor.length <= cursorLengthMax;
  return withoutUndefined({ q, city, category, when, priceMax, cursor: isOurCursor ? cursor : undefined });
}

/** What the listing is asked for. Free tickets are free in every currency. */
export function pricesOf(search: Search): { readonly priceMax?: number; readonly currency?: Currency } {
  if (search.priceMax === freeOnly) return { priceMax: 0 };
  const bound = boundOf(search);
  return bound === undefined ? {} : { priceMax: bound.price.amount, currency: bound.price.currency };
}

/** The first day, and the day after the last. The listing takes each as midnight in the event's own zone. */
export function daysOf(when: When | undefined, now: Date): { readonly from?: string; readonly to?: string } {
  if (when === undefined) return {};
  // Jakarta's day: most readers are in its zone or an hour or two ahead.
  const today = new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
  const after = (days: number) => new Date(Date.parse(today) + days * dayMs).toISOString().slice(0, 10);
  if (when === 'today') return { from: today, to: after(1) };
  if (when === 'week') return { from: today, to: after(7) };
  if (when === 'month') return { from: today, to: after(31) };
  const weekday = new Date(today).getUTCDay();
  // On a Sunday the weekend is today.
  const start = weekday === 0 ? 0 : saturday - weekday;
  return { from: after(start), to: after(weekday === 0 ? 1 : start + 2) };
}

function lineOf(text: string | undefined, lengthMax: number): string | undefined {
  const line = (text ?? '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, lengthMax)
    .trim();
  return line === '' ? undefined : line;
}
