import type { RedisClient } from '../../platform/redis-client.ts';
import { type SharedRate, createSharedRate } from '../../platform/shared-rate.ts';
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
  const rates = new Map<number, SharedRate>();
  const rateOf = ({ messagesPerSecond }: Rated): SharedRate => {
    const { points, seconds } = windowOf(messagesPerSecond);
    const rate =
      rates.get(messagesPerSecond) ??
      createSharedRate({ redis, keyPrefix: 'sender-rate', points, seconds, pointsAlone: points });
    rates.set(messagesPerSecond, rate);
    return rate;
  };
  return {
    /** Takes one message from the rate. Returns the whole seconds to wait, 0 to send now. */
    take: async (sender: Rated): Promise<number> => {
      const { isAllowed, consumedPoints, msBeforeNext } = await rateOf(sender).take(sender.id);
      if (isAllowed) return 0;
      const { points, seconds } = windowOf(sender.messagesPerSecond);
      const windows = Math.max(0, consumedPoints / points - 1);
      const wait = msBeforeNext / 1000 + Math.random() * windows * seconds;
      return Math.min(Math.max(Math.ceil(wait), 1), waitSecondsMax);
    },
    /** The provider asks to slow down: nobody uses this sender for some seconds. */
    pause: async (sender: Rated, seconds: number): Promise<void> => {
      await rateOf(sender).block(sender.id, seconds);
    },
  };
}

/** Less than one per second is one in so many whole seconds, never sooner. */
function windowOf(messagesPerSecond: number): { readonly points: number; readonly seconds: number } {
  return {
    points: Math.max(1, Math.floor(messagesPerSecond)),
    seconds: messagesPerSecond < 1 ? Math.ceil(1 / messagesPerSecond) : 1,
  };
}
