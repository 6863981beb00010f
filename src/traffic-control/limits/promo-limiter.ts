import type { Limiter } from './limiter.ts';

/** Who tries a promo code of an event: a network, or a buyer who has proven an address. `key` is a keyed hash of both. */
export type PromoGuesser = { readonly key: string; readonly isConfirmed: boolean };

/**
 * Promo codes that were not right, so that nobody can try them all. Who typed a right one is not counted and costs no question:
 * a refusal is known in this process, or it is not known. Each process therefore lets one more try through.
 */
export function createPromoLimiter(limiter: Limiter) {
  const policyOf = ({ isConfirmed }: PromoGuesser) => (isConfirmed ? 'promo_failures_confirmed' : 'promo_failures');
  return {
    /** Seconds for which no code may be tried; undefined when one may. Asks nobody. */
    waitSeconds: (guesser: PromoGuesser): number | undefined =>
      limiter.denied(policyOf(guesser), guesser.key)?.resetSeconds,
    /** Counts a code that was not right. */
    failed: async (guesser: PromoGuesser): Promise<void> => {
      await limiter.consume(policyOf(guesser), guesser.key);
    },
  };
}
