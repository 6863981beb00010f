import { hash } from 'node:crypto';
import type { Limiter } from './limiter.ts';
import type { PolicyName } from './policies.ts';

/** Keyed hashes of a network, and of the IPv6 /48 around it. */
type NetworkKeys = { readonly network: string; readonly wider: string | undefined };

/**
 * Codes to buyers: few to one target, more when several networks ask, so that a stranger cannot keep a buyer from one's
 * code from one place; and a budget over all targets, since messages cost money. And wrong codes per network. All keys
 * but the budget's name are keyed hashes.
 */
export function createVerificationLimiter(limiter: Limiter) {
  const firstRefusal = async (asked: readonly (readonly [PolicyName, string])[]) => {
    for (const [policy, key] of asked) {
      const verdict = await limiter.consume(policy, key);
      if (!verdict.allowed) return verdict.resetSeconds;
    }
    return undefined;
  };
  return {
    /**
     * Counts a code asked for; `limited` tells of this network's own doing alone, `target_spent` and `budget_spent` of
     * everybody's.
     */
    ask: async (
      targetKey: string,
      targetHereKey: string,
      budget: string,
    ): Promise<{ verdict: 'allowed' | 'limited' | 'target_spent' | 'budget_spent'; retryAfterSeconds: number }> => {
      const here = await firstRefusal([
        ['verification_target', targetHereKey],
        ['verification_target_daily', targetHereKey],
      ]);
      if (here !== undefined) return { verdict: 'limited', retryAfterSeconds: here };
      const everywhere = await firstRefusal([
        ['verification_target_everywhere', targetKey],
        ['verification_target_everywhere_daily', targetKey],
      ]);
      if (everywhere !== undefined) return { verdict: 'target_spent', retryAfterSeconds: everywhere };
      const spent = await firstRefusal([['verifications_budget', hash('sha256', budget, 'base64url')]]);
      if (spent !== undefined) return { verdict: 'budget_spent', retryAfterSeconds: spent };
      return { verdict: 'allowed', retryAfterSeconds: 0 };
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
