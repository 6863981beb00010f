/**
 * How much of what is asked of an outside party may be repetition. While more than a tenth of the calls fail, each first
 * call earns a tenth of a repetition, so that a party in trouble is never asked more than 1.1 times what it would be
 * anyway (Google SRE, "Handling Overload"); a small reserve and a trickle keep a lone call from waiting for others. While
 * calls succeed, repetitions are free: what was put off in a bad hour is made up for at once.
 */
export type RetryBudget = {
  /** A call was made for the first time. */
  called(): void;
  /** A call has ended. */
  ended(isGood: boolean): void;
  /** Whether a repetition of so many calls may be made now; takes them from the budget. */
  take(calls: number): boolean;
};

export type RetryBudgetOptions = {
  readonly share: number;
  /** Repetitions that are there at the start, and the most that can be saved up. */
  readonly reserve: number;
  readonly perSecondMin: number;
};

export const retryBudgetDefaults: RetryBudgetOptions = { share: 0.1, reserve: 10, perSecondMin: 0.5 };

/** The share of failures is smoothed over about so many calls. */
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
