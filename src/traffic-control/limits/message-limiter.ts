import type { Limiter } from './limiter.ts';

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
