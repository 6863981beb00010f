/**
 * Of those who are called, how many come. Serving is faster by the rest: with 0.4, ten positions are called for four
 * buyers. Published practice: Ticketmaster reckons with 40 %.
 */
export const showRatioMin = 0.3;
export const showRatioMax = 1;

/** How far back the ratio looks. Who comes does so within this, as a rule. */
export const showWindowSeconds = 60;
/** Fewer positions than these say nothing. */
const calledMin = 30;
/** How much of the last look goes into the average: with a look every five seconds, half a minute's memory. */
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
