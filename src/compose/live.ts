import type { Config } from '../config.ts';
import { createLive } from '../live/index.ts';
import { linkVersionsOf } from '../orders/buyer/order-access.ts';
import { paymentPorts } from '../payments/index.ts';
import type { OpenDb } from '../platform/database/db.ts';
import type { Closers } from '../platform/resilience/shutdown.ts';

/** Figures for listeners, one or two at once. */
const poolSize = 2;

type CreateDeps = Parameters<typeof createLive>[0];

/** The live streams, with a pool of their own: figures take no connection from an order. */
export function composeLive({
  config,
  closers,
  pool,
  ...deps
}: Pick<CreateDeps, 'redis' | 'log' | 'clock' | 'publicReads'> & {
  readonly config: Config;
  readonly closers: Closers;
  readonly pool: (name: string, url: string, poolSize: number) => OpenDb;
}): ReturnType<typeof createLive> {
  const { db } = pool('live', config.DATABASE_URL, poolSize);
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
