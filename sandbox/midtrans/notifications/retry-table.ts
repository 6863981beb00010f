import type { Random } from '../../random.ts';

/** How often Midtrans retries after this answer; 0 means "no answer". 307 and 308 are followed first. */
export function retriesFor(status: number): number {
  if (status >= 200 && status < 300) return 0;
  return retriesByStatus.get(status) ?? retriesOtherwise;
}

const retriesByStatus: ReadonlyMap<number, number> = new Map([
  [500, 1],
  [503, 4],
  [400, 2],
  [404, 2],
  [301, 0],
  [302, 0],
  [303, 0],
]);
const retriesOtherwise = 5;

/** The longest wait before retry 1..5. */
const retryGapMinutes = [2, 10, 30, 90, 210] as const;

/** The wait before retry `retry` (from 1): the table's gap with a jitter of a quarter. */
export function retryDelayMs(retry: number, timeScale: number, random: Random): number {
  const gapMinutes = retryGapMinutes[Math.min(retry, retryGapMinutes.length) - 1] ?? 0;
  return gapMinutes * 60_000 * (1 - random() * 0.25) * timeScale;
}
