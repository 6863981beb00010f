/**
 * The share of called buyers who come. Calling is faster by its inverse: with 0.4, ten positions are called for four
 * buyers. Published practice: Ticketmaster assumes 40 %.
 */
const showRatioMin = 0.3;
const showRatioMax = 1;

/** How far back the ratio looks first. Buyers who come usually do so within this time. */
export const showWindowSeconds = 60;
/** With fewer positions than this, the ratio means nothing. */
const calledMin = 30;
/** The weight of the last look in the average: with a look every five seconds, a memory of half a minute. */
const weight = 0.15;

/** Positions called and places exchanged in some time until now. */
export type Seen = { readonly called: number; readonly exchanged: number };

/**
 * The show ratio after a look back.
 * @param windows the shortest first; the first in which enough were called counts, because a slow room calls few in a minute
 */
export function nextShowRatio(ratio: number, windows: readonly Seen[]): number {
  const seen = windows.find(({ called }) => called >= calledMin);
  return seen === undefined ? ratio : clamp(ratio + weight * (clamp(seen.exchanged / seen.called) - ratio));
}

function clamp(ratio: number): number {
  return Math.min(Math.max(ratio, showRatioMin), showRatioMax);
}
