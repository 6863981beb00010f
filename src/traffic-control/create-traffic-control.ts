import type { RedisClient } from '../platform/redis-client.ts';
import type { Config } from '../config.ts';
import type { DependencyLimiters } from './concurrency/index.ts';
import { type Keys, createKeys } from './limits/keys.ts';
import { type Limiter, createLimiter } from './limits/limiter.ts';
import { type Policies, policiesOf } from './limits/policies.ts';
import { type Refusals, createRefusals } from './shedding/refusals.ts';
import type { Switches } from './switches/switches.ts';
import { type Shedder, type WatchedPool, createShedder } from './shedding/shedder.ts';

/** Everything that decides whether a request is served; one per process. */
export type TrafficControl = {
  readonly policies: Policies;
  readonly limiter: Limiter;
  readonly shedder: Shedder;
  readonly refusals: Refusals;
  readonly keys: Keys;
  readonly switches: Pick<Switches, 'refusalFor'> | undefined;
  close(): void;
};

/**
 * @param deps.redis the client of the cache role; it must fail fast (no offline queue)
 * @param deps.pools pools whose waiting callers mean overload, with their sizes; the write pool comes first
 */
export function createTrafficControl(deps: {
  redis: RedisClient;
  config: Pick<
    Config,
    | 'API_PROCESSES'
    | 'HASH_SECRET'
    | 'REQUESTS_PER_MINUTE_PER_NETWORK'
    | 'ORDERS_PER_MINUTE_PER_NETWORK'
    | 'SIGN_INS_PER_MINUTE_PER_NETWORK'
    | 'VERIFICATIONS_PER_MINUTE_PER_NETWORK'
    | 'VERIFICATIONS_PER_MINUTE'
  >;
  pools: readonly WatchedPool[];
  /** The switches of operators; default: none. */
  switches?: Pick<Switches, 'refusalFor'>;
  /** Limits on calls in flight to the dependencies of routes; default: none. */
  limiters?: Partial<DependencyLimiters>;
  /** How long a limit waits for Redis before it counts in memory. */
  redisDeadlineMs?: number;
}): TrafficControl {
  const policies = policiesOf(deps.config);
  const shedder = createShedder({
    pools: deps.pools,
    ...(deps.limiters === undefined ? {} : { limiters: deps.limiters }),
  });
  return {
    policies,
    limiter: createLimiter({
      redis: deps.redis,
      policies,
      processes: deps.config.API_PROCESSES,
      ...(deps.redisDeadlineMs === undefined ? {} : { redisDeadlineMs: deps.redisDeadlineMs }),
    }),
    shedder,
    refusals: createRefusals(policies),
    keys: createKeys(deps.config.HASH_SECRET),
    switches: deps.switches,
    close: () => shedder.close(),
  };
}
