import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { askRedis } from './redis.ts';
import type { RedisClient } from './redis-client.ts';

/** Points that are taken: also those that were refused, because their number shows how many callers wait. */
export type Taken = { readonly isAllowed: boolean; readonly consumedPoints: number; readonly msBeforeNext: number };

/** A rate per key that all processes share through Redis. While Redis is away or silent, each process counts by itself. */
export type SharedRate = {
  take(key: string): Promise<Taken>;
  /** Refuses the key for some seconds. */
  block(key: string, seconds: number): Promise<void>;
};

export function createSharedRate(options: {
  readonly redis: RedisClient;
  readonly keyPrefix: string;
  readonly points: number;
  readonly seconds: number;
  /** What a process may take while it counts by itself. */
  readonly pointsAlone: number;
}): SharedRate {
  const { redis, keyPrefix, points, seconds: duration, pointsAlone } = options;
  const shared = new RateLimiterRedis({ storeClient: redis, keyPrefix, points, duration, rejectIfRedisNotReady: true });
  const alone = new RateLimiterMemory({ keyPrefix, points: pointsAlone, duration });
  return {
    take: async (key) => (await askRedis(redis, () => taken(shared.consume(key)))) ?? taken(alone.consume(key)),
    block: async (key, seconds) => {
      await Promise.all([askRedis(redis, () => shared.block(key, seconds)), alone.block(key, seconds)]);
    },
  };
}

/** The library rejects with its result when the points are used up, and with an error when the store fails. */
function taken(consumed: Promise<RateLimiterRes>): Promise<Taken> {
  return consumed.then(
    (allowed) => ({ isAllowed: true, ...pointsOf(allowed) }),
    (refused: unknown) => {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return { isAllowed: false, ...pointsOf(refused) };
    },
  );
}

const pointsOf = ({ consumedPoints, msBeforeNext }: RateLimiterRes) => ({ consumedPoints, msBeforeNext });
