/**
 * The share of called buyers who come. Calling is faster by its inverse: with 0.4, ten positions are called for four
 * buyers. Published practice: Ticketmaster assumes 40 %.
 */
const showRatioMin = 0.3;
const showRatioMax = 1;

/** How far back the ratio looks. Buyers who come usually do so within this time. */
export const showWindowSeconds = 60;
/** With fewer positions than this, the ratio means nothing. */
const calledMin = 30;
/** The weight of the last look in the average: with a look every five seconds, a memory of half a minute. */
const weight = 0.15;

/**
 * The show ratio after a look at the last minute.
 * @param called positions called in it
 * @param exchanged places exchanged in it
 */
export function nextShowRatio(ratio: number, { called, exchanged }: { called: number; exchanged: number }): number {
  if (called < calledMin) return ratio;
  const seen = clamp(exchanged / called);
  return clamp(ratio + weight * (seen - ratio));
}

function clamp(ratio: number): number {
  return Math.min(Math.max(ratio, showRatioMin), showRatioMax);
}
