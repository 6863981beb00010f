import type { Redis } from 'ioredis';
import type { Config } from './config.ts';
import { createGatewayBudget, createMidtrans, guardGateway, limitGateway } from './payments/index.ts';
import { createGatewayLimit } from './traffic-control/index.ts';

/** The gateway as both kinds of process use it: with a budget shared over all of them, a breaker and a limit of their own. */
export function composeGateway(config: Config, redis: Redis) {
  const gateway = guardGateway(
    createMidtrans({
      snapUrl: config.MIDTRANS_SNAP_URL,
      apiUrl: config.MIDTRANS_API_URL,
      publicUrl: config.PUBLIC_URL,
      timeoutMs: config.GATEWAY_TIMEOUT_MS,
    }),
    createGatewayBudget({ redis, createsPerSecond: config.MIDTRANS_CREATES_PER_SECOND }),
  );
  return limitGateway(gateway, createGatewayLimit());
}
