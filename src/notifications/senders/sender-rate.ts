import type { RedisClient } from '../../platform/redis-client.ts';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Sender } from '../tables.ts';

type Rated = Pick<Sender, 'id' | 'messagesPerSecond'>;

/**
 * If many messages wait for one slow sender, they return spread over the time that they need, but after at most this
 * long.
 */
const waitSecondsMax = 600;

/**
 * The rate of each sender, counted in Redis for all processes together. Without Redis each process alone may use the
 * whole rate, which the provider's own limit then corrects.
 */
export function createSenderRate(redis: RedisClient) {
  const limiters = new Map<number, RateLimiterRedis>();
  const limiterOf = ({ messagesPerSecond }: Rated): RateLimiterRedis => {
    const known = limiters.get(messagesPerSecond);
    if (known !== undefined) return known;
    // Less than one per second is one in so many whole seconds, never sooner.
    const points = Math.max(1, Math.floor(messagesPerSecond));
    const duration = messagesPerSecond < 1 ? Math.ceil(1 / messagesPerSecond) : 1;
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: 'sender-rate',
      points,
      duration,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory({ points, duration }),
    });
    limiters.set(messagesPerSecond, limiter);
    return limiter;
  };
  return {
    /** Takes one message from the rate. Returns the whole seconds to wait, 0 to send now. */
    take: async (sender: Rated): Promise<number> => {
      const limiter = limiterOf(sender);
      try {
        await limiter.consume(sender.id);
        return 0;
      } catch (rejected) {
        if (!(rejected instanceof RateLimiterRes)) throw rejected;
        // Refused tries are counted too, because their number shows how many messages wait.
        const windows = Math.max(0, rejected.consumedPoints / limiter.points - 1);
        const seconds = rejected.msBeforeNext / 1000 + Math.random() * windows * limiter.duration;
        return Math.min(Math.max(Math.ceil(seconds), 1), waitSecondsMax);
      }
    },
    /** The provider asks to slow down: nobody uses this sender for some seconds. */
    pause: async (sender: Rated, seconds: number): Promise<void> => {
      await limiterOf(sender).block(sender.id, seconds);
    },
  };
}
