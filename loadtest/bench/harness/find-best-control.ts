import { median } from './report.ts';
import { measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { Tried } from '../orders/order-charts.ts';
import { hotCategory } from '../load/order-load.ts';
import type { ApiOptions } from './api-environment.ts';
import { type BenchStack, partsOf } from './stack.ts';

const poolSizes = [4, 8, 16, 32];
const connectionCounts = [8, 16, 32, 64];

export type BestControl = {
  readonly api: ApiOptions;
  readonly connections: number;
  readonly pool: number;
  /** Every combination, with one run each. */
  readonly tried: readonly Tried[];
};

/**
 * Finds where the transaction per order does best: every pool size with every number of connections. More connections are
 * useless, because the pool refuses callers beyond its queue, and a refusal is no order.
 */
export async function findBestControl(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
): Promise<BestControl> {
  const found: (Tried & { readonly pool: number })[] = [];
  for (const pool of poolSizes) {
    const tried = await tryConnections(stack, options, faults, `control, pool of ${pool}`, controlApi(pool));
    found.push(...tried.map((one) => ({ ...one, pool })));
  }
  const best = found.reduce(
    (one, other) => (other.perSecond > one.perSecond ? other : one),
    median(found, ({ perSecond }) => perSecond),
  );
  return { api: controlApi(best.pool), connections: best.connections, pool: best.pool, tried: found };
}

/** One run with each of a few connections. */
export async function tryConnections(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
  series: string,
  apiOptions: ApiOptions,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  const api = await stack.startApi(apiOptions);
  for (const connections of connectionCounts) {
    const { perSecond, p99Ms } = await measure({
      name: `${series}, ${connections} connections`,
      port: api.port,
      parts: partsOf(stack, api),
      connections,
      options: { ...options, runs: 1 },
      faults,
      prepare: () => hotCategory(stack),
    });
    tried.push({ series, connections, perSecond, p99Ms });
  }
  await api.stop();
  return tried;
}

function controlApi(pool: number): ApiOptions {
  return { writes: 'one_by_one', environment: { DATABASE_WRITE_POOL_SIZE: String(pool) } };
}
