/**
 * Bounds retries to an outside party. While more than a tenth of the calls fail, each first call earns a tenth of a
 * retry, so the party never gets more than 1.1 times its usual calls (Google SRE, "Handling Overload"). A small reserve
 * and a slow refill let a lone call retry without others. While calls succeed, retries are free, so retries put off in
 * a bad hour are made at once.
 */
export type RetryBudget = {
  /** A first call was made. */
  called(): void;
  /** A call has ended. */
  ended(isGood: boolean): void;
  /** Whether a retry of this many calls may be made now. Takes them from the budget. */
  take(calls: number): boolean;
};

export type RetryBudgetOptions = {
  readonly share: number;
  /** Retries in the budget at the start, and the most it can hold. */
  readonly reserve: number;
  readonly perSecondMin: number;
};

export const retryBudgetDefaults: RetryBudgetOptions = { share: 0.1, reserve: 10, perSecondMin: 0.5 };

/** The share of failures is smoothed over about this many calls. */
const callsSmoothed = 30;

export function createRetryBudget(options: RetryBudgetOptions = retryBudgetDefaults): RetryBudget {
  const { share, reserve, perSecondMin } = options;
  let tokens = reserve;
  let trickledAt = performance.now();
  let failing = 0;

  const earn = (earned: number): void => {
    tokens = Math.min(tokens + earned, reserve);
  };

  return {
    called: () => earn(share),
    ended: (isGood) => {
      failing += ((isGood ? 0 : 1) - failing) / callsSmoothed;
    },
    take: (calls) => {
      const now = performance.now();
      earn(((now - trickledAt) / 1000) * perSecondMin);
      trickledAt = now;
      if (failing <= share) return true;
      if (tokens < calls) return false;
      tokens -= calls;
      return true;
    },
  };
}
