import { type Measurement, median } from './report.ts';
import { measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { hotCategory } from './order-load.ts';
import { type ApiOptions, type BenchStack, partsOf } from './stack.ts';

const poolSizes = [4, 8, 16, 32];
const connectionCounts = [8, 16, 32, 64];

export type BestControl = {
  readonly api: ApiOptions;
  readonly connections: number;
  /** Every combination that was tried, `pool x connections` -> orders/s, in one run each. */
  readonly tried: Readonly<Record<string, number>>;
};

/**
 * Where the transaction per order does best: every pool size with every number of connections. More connections would
 * meet the service's own protection: what waits for a connection of the pool is refused, and a refusal is no order.
 */
export async function findBestControl(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
): Promise<BestControl> {
  const found: { pool: number; connections: number; measured: Measurement }[] = [];
  for (const pool of poolSizes) {
    const api = await stack.startApi(controlApi(pool));
    for (const connections of connectionCounts) {
      const measured = await measure({
        name: `control, pool of ${pool}, ${connections} connections`,
        port: api.port,
        parts: partsOf(stack, api),
        connections,
        options: { ...options, runs: 1 },
        faults,
        prepare: () => hotCategory(stack),
      });
      found.push({ pool, connections, measured });
    }
    await api.stop();
  }
  const rate = (one: (typeof found)[number]) => one.measured.perSecond;
  const best = found.reduce((one, other) => (rate(other) > rate(one) ? other : one), median(found, rate));
  return {
    api: controlApi(best.pool),
    connections: best.connections,
    tried: Object.fromEntries(found.map((one) => [`${one.pool} x ${one.connections}`, Math.round(rate(one))])),
  };
}

function controlApi(pool: number): ApiOptions {
  return { writes: 'one_by_one', environment: { DATABASE_WRITE_POOL_SIZE: String(pool) } };
}
