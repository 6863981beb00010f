import type { Limiter } from './limiter.ts';
import { hash } from 'node:crypto';

/** Messages that anyone may request for another person (lost links, re-sends), per target. `key` is a keyed hash. */
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

/** The budget for codes over all targets, since messages cost money, and the limit on wrong codes per network. */
export function createVerificationLimiter(limiter: Limiter) {
  return {
    /** Counts a code before it is sent. Returns undefined if there is budget, else the seconds until there is. */
    spend: async (budget: string): Promise<number | undefined> => {
      const verdict = await limiter.consume('verifications_budget', hash('sha256', budget, 'base64url'));
      return verdict.allowed ? undefined : verdict.resetSeconds;
    },
    /** Seconds for which this network may try no code; undefined if it may now. Needs no Redis call. */
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

/**
 * The client that tries a promo code of an event: a network, or a buyer with a confirmed address. `key` is a keyed hash
 * of both.
 */
export type PromoGuesser = { readonly key: string; readonly isConfirmed: boolean };

/**
 * Counts wrong promo codes, so that nobody can try all of them. A right code is not counted and needs no Redis call:
 * only refusals that this process knows are checked. Each process therefore lets one more try through.
 */
export function createPromoLimiter(limiter: Limiter) {
  const policyOf = ({ isConfirmed }: PromoGuesser) => (isConfirmed ? 'promo_failures_confirmed' : 'promo_failures');
  return {
    /** Seconds for which no code may be tried; undefined if one may be tried now. Needs no Redis call. */
    waitSeconds: (guesser: PromoGuesser): number | undefined =>
      limiter.denied(policyOf(guesser), guesser.key)?.resetSeconds,
    /** Counts a wrong code. */
    failed: async (guesser: PromoGuesser): Promise<void> => {
      await limiter.consume(policyOf(guesser), guesser.key);
    },
  };
}
