import type { Config } from '../config.ts';
import { createLive } from '../live/index.ts';
import { linkVersionsOf } from '../orders/buyer/order-access.ts';
import { paymentPorts } from '../payments/index.ts';
import type { Closers } from '../platform/resilience/shutdown.ts';

type CreateDeps = Parameters<typeof createLive>[0];

/** The live streams. */
export function composeLive({
  config,
  closers,
  db,
  ...deps
}: Pick<CreateDeps, 'redis' | 'log' | 'clock' | 'publicReads' | 'db'> & {
  readonly config: Config;
  readonly closers: Closers;
}): ReturnType<typeof createLive> {
  const live = createLive({
    ...deps,
    db,
    linkVersionsOf: (ids) => linkVersionsOf(db, ids),
    gatewayFeesOf: paymentPorts.gatewayFeesOf,
    streamsPerNetworkMax: config.STREAMS_PER_NETWORK_MAX,
  });
  closers.add('live streams', () => live.close());
  return live;
}
