import type { RedisClient } from '../../platform/redis-client.ts';
import { createSharedRate } from '../../platform/shared-rate.ts';

/**
 * How often a gateway may be called for one organiser, shared by all workers through Redis. While Redis is away or silent, each
 * process keeps to its own share.
 */
export type GatewayBudget = {
  /** 0 if the call may be made now, otherwise the seconds after which to ask again. Later callers wait longer. */
  acquire(partition: BudgetPartition, gateway: string, organizerId: string): Promise<number>;
};

/**
 * Payments to be made, calls that move an order or money on, and looks at payments that nothing was heard about. Each has a rate of its own:
 * a rush of new payments does not stop refunds, and the looks that follow a rush do not stop the end of its holds.
 */
export type BudgetPartition = 'create' | 'call' | 'look';

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
  const rates = { create: rateOf('create'), call: rateOf('call'), look: rateOf('look') };
  return {
    acquire: async (partition, gateway, organizerId) => {
      const { isAllowed, msBeforeNext, consumedPoints } = await rates[partition].take(`${gateway}:${organizerId}`);
      if (isAllowed) return 0;
      // Calls that are refused in one window return in different windows, in their order.
      return msBeforeNext / 1000 + Math.max(0, consumedPoints / points - 1) + Math.random();
    },
  };
}
