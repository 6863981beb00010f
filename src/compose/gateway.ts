import type { RedisClient } from '../platform/redis-client.ts';
import type { Config } from '../config.ts';
import {
  createGatewayBudget,
  dispatchByAccount,
  gatewayPlugins,
  guardGateway,
  limitGateway,
} from '../payments/index.ts';
import { createGatewayLimit } from '../traffic-control/index.ts';

/**
 * The gateways as both kinds of process use them. Each has a rate budget that all processes share, and a circuit breaker
 * and a limit on calls in flight of its own in each process.
 */
export function composeGateway(config: Config, redis: RedisClient) {
  return dispatchByAccount(
    new Map(
      gatewayPlugins.map((plugin) => {
        const budget = createGatewayBudget({ redis, createsPerSecond: plugin.createsPerSecond(config) });
        return [plugin.name, limitGateway(guardGateway(plugin.open(config), budget), createGatewayLimit())];
      }),
    ),
  );
}
