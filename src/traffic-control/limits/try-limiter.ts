import type { Limiter } from './limiter.ts';
import type { PolicyName } from './policies.ts';

type Try = {
  readonly target: string;
  readonly here: string;
  readonly around: string;
  readonly knownClient?: string | undefined;
  readonly isKnownNetwork?: () => Promise<boolean>;
};
type Limits = {
  readonly knownClient: PolicyName;
  readonly here: readonly PolicyName[];
  /** One first try for each network, and how many networks may have one. */
  readonly first: PolicyName;
  readonly firstEverywhere: PolicyName;
  readonly everywhere: readonly PolicyName[];
};

const signIns: Limits = {
  knownClient: 'sign_in_known_client',
  here: ['sign_in_account'],
  first: 'sign_in_first',
  firstEverywhere: 'sign_in_first_everywhere',
  everywhere: ['sign_in_account_everywhere'],
};
const resets: Limits = {
  knownClient: 'reset_known_client',
  here: ['reset_account'],
  first: 'reset_first',
  firstEverywhere: 'reset_first_everywhere',
  everywhere: ['reset_account_everywhere'],
};
const codes: Limits = {
  knownClient: 'verification_known_client',
  here: ['verification_target', 'verification_target_daily'],
  first: 'verification_first',
  firstEverywhere: 'verification_first_everywhere',
  everywhere: ['verification_target_everywhere', 'verification_target_everywhere_daily'],
};

/** The limits of every kind of try, by the names that rooms use. */
export const createTryLimiters = (limiter: Limiter) => ({
  signInLimiter: createSignInLimiter(limiter),
  passwordResetLimiter: createPasswordResetLimiter(limiter),
  codeLimiter: createCodeLimiter(limiter),
});
export const createSignInLimiter = (limiter: Limiter) => createTryLimiter(limiter, signIns);
export const createPasswordResetLimiter = (limiter: Limiter) => createTryLimiter(limiter, resets);
export const createCodeLimiter = (limiter: Limiter) => createTryLimiter(limiter, codes);

/**
 * Limits tries about one address (a member's password, a code or a link that is sent to it): few from one network, more
 * over all networks. Strangers must not be able to lock out the owner:
 *  1. A known client has its own count first, and then the count of its network.
 *  2. The first try of a network is not counted with the tries of others, as long as few enough networks have come.
 *  3. A known network keeps its few tries, whatever others have used up.
 * Tries beyond the limit of a network are not counted for the address. The first try of a network is its own, so
 * answers to strangers say nothing about an owner who tries once.
 */
function createTryLimiter(limiter: Limiter, limits: Limits) {
  const firstRefusal = async (names: readonly PolicyName[], key: string): Promise<number | undefined> => {
    for (const name of names) {
      const verdict = await limiter.consume(name, key);
      if (!verdict.allowed) return verdict.resetSeconds;
    }
    return undefined;
  };
  const isAllowed = async (name: PolicyName, key: string) => (await limiter.consume(name, key)).allowed;
  const allowed = { allowed: true, retryAfterSeconds: 0 };
  return {
    consume: async (one: Try): Promise<{ allowed: boolean; retryAfterSeconds: number }> => {
      if (one.knownClient !== undefined && (await isAllowed(limits.knownClient, one.knownClient))) return allowed;
      const here = await firstRefusal(limits.here, one.here);
      if (here !== undefined) return { allowed: false, retryAfterSeconds: here };
      const isFirst = await isAllowed(limits.first, one.around);
      if (isFirst && (await isAllowed(limits.firstEverywhere, one.target))) return allowed;
      const everywhere = await firstRefusal(limits.everywhere, one.target);
      if (everywhere === undefined || (await one.isKnownNetwork?.()) === true) return allowed;
      return { allowed: false, retryAfterSeconds: everywhere };
    },
    reset: async (one: Try): Promise<void> => {
      if (one.knownClient !== undefined) await limiter.reset(limits.knownClient, one.knownClient);
      for (const name of limits.here) await limiter.reset(name, one.here);
      for (const name of limits.everywhere) await limiter.reset(name, one.target);
      await limiter.reset(limits.first, one.around);
    },
  };
}
