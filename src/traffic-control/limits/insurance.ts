import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Policy } from './policies.ts';

/** Counts of this process alone, for when Redis is down: points of a key in the open window. */
export type Insurance = {
  /** Counts points and returns the total of the key; undefined if unknown. */
  add(id: string, points: number): Promise<Counted | undefined>;
  forget(id: string): Promise<unknown>;
};

export type Counted = { readonly consumedPoints: number; readonly msBeforeNext: number };

/** The library keeps a timer per key. Keys are folded into this many, so an attack cannot fill the memory. */
const foldsMax = 16_384;
/**
 * One more entry evicts the least recently used. A flood of this many targets in a window costs that many messages of its
 * budget.
 */
const targetsMax = 100_000;

/**
 * Networks and credentials have hundreds of points; a stranger in the same fold takes few of them. Targets have a
 * handful a day, so each target is counted by itself: otherwise strangers would use up each other's points.
 */
export function createInsurance(policy: Policy): Insurance {
  return policy.key === 'target' ? exact(policy) : folded(policy);
}

function folded(policy: Policy): Insurance {
  const memory = new RateLimiterMemory({ keyPrefix: 'limit', points: policy.points, duration: policy.seconds });
  return {
    add: (id, points) => counted(memory.consume(foldOf(id), points)),
    forget: (id) => memory.delete(foldOf(id)),
  };
}

function exact(policy: Policy): Insurance {
  // Bounded by size and not by `max`, which would reserve 2.4 MB for each policy in advance.
  const counts = new LRUCache<string, { consumedPoints: number; until: number }>({
    maxSize: targetsMax,
    sizeCalculation: () => 1,
  });
  return {
    add: async (id, points) => {
      const now = performance.now();
      const known = counts.get(id);
      const count =
        known !== undefined && known.until > now ? known : { consumedPoints: 0, until: now + policy.seconds * 1000 };
      count.consumedPoints += points;
      counts.set(id, count);
      return { consumedPoints: count.consumedPoints, msBeforeNext: count.until - now };
    },
    forget: async (id) => counts.delete(id),
  };
}

/** The library rejects with its result when the points are used up, and with an error when the store fails. */
export function counted(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes | undefined> {
  return consumed.catch((refused: unknown) => (refused instanceof RateLimiterRes ? refused : undefined));
}

function foldOf(id: string): string {
  return String(Number.parseInt(hash('sha256', id, 'hex').slice(0, 8), 16) % foldsMax);
}
