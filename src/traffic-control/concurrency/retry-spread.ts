/**
 * Retry-After of refused calls: 1 s and a random part of the time that serving all of them would take. They then come
 * back spread over this time; a constant would bring them back together.
 */
export type RetrySpread = {
  refused(): void;
  served(): void;
  /** Whole seconds, with jitter. */
  retryAfterSeconds(now: number): number;
};

const spreadSecondsMax = 30;
const secondMs = 1000;

export function createRetrySpread(random: () => number, startedAt: number): RetrySpread {
  let refused = 0;
  let served = 0;
  let since = startedAt;
  let spread = 1;

  const look = (now: number): void => {
    const elapsed = now - since;
    if (elapsed < secondMs) return;
    spread = Math.min(Math.ceil((refused + 1) / (served + 1)), spreadSecondsMax);
    refused = 0;
    served = 0;
    since = now;
  };

  return {
    refused: () => {
      refused += 1;
    },
    served: () => {
      served += 1;
    },
    retryAfterSeconds: (now) => {
      look(now);
      return 1 + Math.floor(random() * (spread + 1));
    },
  };
}
