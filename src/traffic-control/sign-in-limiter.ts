import type { Limiter } from './limiter.ts';

/**
 * Tries to sign in, per account: few from one network, more over all of them, so that whoever knows a member's address
 * cannot keep that member out from one place. Tries that one network has used up are not counted for the account. Both
 * keys are keyed hashes. A right password forgives what was counted.
 */
export function createSignInLimiter(limiter: Limiter): {
  consume(accountKey: string, accountHereKey: string): Promise<{ allowed: boolean; retryAfterSeconds: number }>;
  reset(accountKey: string, accountHereKey: string): Promise<void>;
} {
  return {
    consume: async (accountKey, accountHereKey) => {
      const here = await limiter.consume('sign_in_account', accountHereKey);
      const { allowed, resetSeconds } = here.allowed
        ? await limiter.consume('sign_in_account_everywhere', accountKey)
        : here;
      return { allowed, retryAfterSeconds: resetSeconds };
    },
    reset: async (accountKey, accountHereKey) => {
      await limiter.reset('sign_in_account', accountHereKey);
      await limiter.reset('sign_in_account_everywhere', accountKey);
    },
  };
}
