/** How long to wait. Many browsers run this code at the same moment, so every wait has jitter. */

const spreadShare = 0.25;

/** @param random between 0 and 1 */
export function spread(milliseconds: number, random: number): number {
  return Math.round(milliseconds * (1 - spreadShare + 2 * spreadShare * random));
}

const togetherMs = 3000;

/**
 * The wait before a page acts on what many pages learn at the same moment: their streams end together when a process
 * restarts or Redis is away, and begin together afterwards.
 */
export function amongMany(random = Math.random()): number {
  return togetherMs * random;
}

/** Grows by half with each try up to a maximum, and is never less than what the server asked for. */
export function backOff(
  tries: number,
  { firstMs, ceilingMs, askedMs = 0, random }: { firstMs: number; ceilingMs: number; askedMs?: number; random: number },
): number {
  const grown = spread(Math.min(ceilingMs, firstMs * 1.5 ** Math.min(tries, 30)), random);
  // Never earlier: an early retry is refused again.
  return Math.max(grown, Math.round(askedMs * (1 + spreadShare * random)));
}

const awayFirstMs = 2000;
const awayCeilingMs = 30_000;

/** The wait after a call without an answer, where the page goes on trying by itself. */
export function nextTry(failures: number, askedMs: number, random: number): number {
  return backOff(failures, { firstMs: awayFirstMs, ceilingMs: awayCeilingMs, askedMs, random });
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A signal that ends a request after this long. `AbortSignal.timeout` is missing from browsers from before 2022. */
export function endsAfter(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

/** For a file of an order. One of many tickets over a slow network takes a while. */
export const fileMsMax = 120_000;
