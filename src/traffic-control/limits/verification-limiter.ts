import { hash } from 'node:crypto';
import type { Limiter } from './limiter.ts';

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
