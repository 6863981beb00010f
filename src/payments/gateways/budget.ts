import type { RedisClient } from '../../platform/redis-client.ts';
import { createSharedRate } from '../../platform/shared-rate.ts';

/**
 * How often a gateway may be called for one organiser, shared by all workers through Redis. While Redis is away or silent, each
 * process keeps to its own share.
 */
export type GatewayBudget = {
  /** 0 if the call may be made now, otherwise the seconds after which to ask again. Later callers wait longer. */
  acquire(partition: 'create' | 'call', gateway: string, organizerId: string): Promise<number>;
};

/** A process's share of the rate while processes cannot see each other. */
const insuranceShare = 4;

export function createGatewayBudget({
  redis,
  createsPerSecond: points,
}: {
  redis: RedisClient;
  createsPerSecond: number;
}): GatewayBudget {
  const rateOf = (partition: string) =>
    createSharedRate({
      redis,
      keyPrefix: `gateway:${partition}`,
      points,
      seconds: 1,
      pointsAlone: Math.max(1, Math.floor(points / insuranceShare)),
    });
  // Status, closing and refund calls have a rate of their own, so that a rush of new orders does not stop refunds.
  const rates = { create: rateOf('create'), call: rateOf('call') };
  return {
    acquire: async (partition, gateway, organizerId) => {
      const { isAllowed, msBeforeNext, consumedPoints } = await rates[partition].take(`${gateway}:${organizerId}`);
      if (isAllowed) return 0;
      // Calls that are refused in one window return in different windows, in their order.
      return msBeforeNext / 1000 + Math.max(0, consumedPoints / points - 1) + Math.random();
    },
  };
}
