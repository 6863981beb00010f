import type { RedisClient } from '../../platform/redis-client.ts';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * How often a gateway may be called for one organiser, shared by all workers through Redis. While Redis is down, each
 * process keeps to its own share.
 */
export type GatewayBudget = {
  /** 0 if the call may be made now, otherwise the seconds after which to ask again. Later callers wait longer. */
  acquire(partition: 'create' | 'call', gateway: string, organizerId: string): Promise<number>;
};

/** A process's share of the rate while processes cannot see each other. */
const insuranceShare = 4;

export function createGatewayBudget(options: { redis: RedisClient; createsPerSecond: number }): GatewayBudget {
  const limiters = {
    create: limiter(options.redis, 'create', options.createsPerSecond),
    // Status, closing and refund calls have a rate of their own, so that a rush of new orders does not stop refunds.
    call: limiter(options.redis, 'call', options.createsPerSecond),
  };
  return {
    acquire: async (partition, gateway, organizerId) => {
      const { limit, points } = limiters[partition];
      try {
        await limit.consume(`${gateway}:${organizerId}`);
        return 0;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        // Calls that are refused in one window return in different windows, in their order.
        return refusal.msBeforeNext / 1000 + (refusal.consumedPoints / points - 1) + Math.random();
      }
    },
  };
}

function limiter(redis: RedisClient, partition: string, perSecond: number) {
  const options = { keyPrefix: `gateway:${partition}`, duration: 1 };
  const limit = new RateLimiterRedis({
    ...options,
    storeClient: redis,
    points: perSecond,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({
      ...options,
      points: Math.max(1, Math.floor(perSecond / insuranceShare)),
    }),
  });
  return { limit, points: perSecond };
}
