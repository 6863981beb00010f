import type { Limiter } from './limiter.ts';
import { hash } from 'node:crypto';

/** Messages that anyone may ask to have sent to somebody (lost links, re-sends), per target. `key` is a keyed hash. */
export function createMessageLimiter(limiter: Limiter): {
  consume(key: string): Promise<{ allowed: boolean; retryAfterSeconds: number }>;
} {
  return {
    consume: async (key) => {
      const { allowed, resetSeconds } = await limiter.consume('message_target', key);
      return { allowed, retryAfterSeconds: resetSeconds };
    },
  };
}

type NetworkKeys = { readonly network: string; readonly wider: string | undefined };

/** The budget for codes over all targets, since messages cost money, and wrong codes per network. */
export function createVerificationLimiter(limiter: Limiter) {
  return {
    /** Counts a code that is to be sent; seconds until there is budget again, or undefined when there is now. */
    spend: async (budget: string): Promise<number | undefined> => {
      const verdict = await limiter.consume('verifications_budget', hash('sha256', budget, 'base64url'));
      return verdict.allowed ? undefined : verdict.resetSeconds;
    },
    /** Seconds for which this network may try no code; undefined when it may. Asks nobody. */
    failedTooOften: ({ network, wider }: NetworkKeys): number | undefined =>
      (
        limiter.denied('confirmation_failures', network) ??
        (wider === undefined ? undefined : limiter.denied('confirmation_failures_wide', wider))
      )?.resetSeconds,
    /** Counts a wrong code. */
    failed: async ({ network, wider }: NetworkKeys): Promise<void> => {
      await limiter.consume('confirmation_failures', network);
      if (wider !== undefined) await limiter.consume('confirmation_failures_wide', wider);
    },
  };
}

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
