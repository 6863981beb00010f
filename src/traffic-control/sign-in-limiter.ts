import type { Limiter } from './limiter.ts';

/**
 * Tries to sign in, per account and over all networks. `accountKey` is a keyed hash. A right password forgives what was
 * counted.
 */
export function createSignInLimiter(limiter: Limiter): {
  consume(accountKey: string): Promise<{ allowed: boolean; retryAfterSeconds: number }>;
  reset(accountKey: string): Promise<void>;
} {
  return {
    consume: async (accountKey) => {
      const { allowed, resetSeconds } = await limiter.consume('sign_in_account', accountKey);
      return { allowed, retryAfterSeconds: resetSeconds };
    },
    reset: (accountKey) => limiter.reset('sign_in_account', accountKey),
  };
}
