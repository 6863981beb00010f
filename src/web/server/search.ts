import type { When } from '../i18n/words/home.ts';
import { withoutUndefined } from '../../platform/without-undefined.ts';

export const whens: readonly When[] = ['today', 'weekend', 'week', 'month'];
/** The highest prices that the form offers, in rupiah. 0: free. Few values, so that searches share their answers. */
export const priceMaxes = [0, 100_000, 250_000, 500_000] as const;

export type Search = {
  readonly q?: string;
  readonly city?: string;
  readonly category?: string;
  readonly when?: When;
  readonly priceMax?: number;
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
  const priceMax = priceMaxes.find((one) => String(one) === query['priceMax']);
  const cursor = query['cursor'];
  const isOurCursor = cursor !== undefined && cursor !== '' && cursor.length <= cursorLengthMax;
  return withoutUndefined({ q, city, category, when, priceMax, cursor: isOurCursor ? cursor : undefined });
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
