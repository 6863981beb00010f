import { randomUUID } from 'node:crypto';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { bearer } from '../../../testkit/orders/order-desk.ts';
import { order, pay, placingDeps } from '../../../testkit/orders/placing.ts';
import type { LoadResult } from '../../generator/tally.ts';
import { openLoop } from '../../generator/open-loop.ts';
import { benchOrderTokenSecret } from '../harness/api-environment.ts';
import { emptyOutbox } from '../harness/count-orders.ts';
import { watched } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { hotCategory } from '../load/order-load.ts';
import { peakMemoryMiB } from '../harness/processors.ts';
import { type MeasuredRun, type Measurement, measurementOf, median } from '../harness/report.ts';
import { type BenchStack, partsOf, say } from '../harness/stack.ts';
import { type StormRequest, startStorm } from '../load/storm.ts';

/** A moderate rate of orders, far below a process's limit. The measure is the latency of each. */
const ordersPerSecond = 100;
const orderConnections = 64;
const slowerMax = 1.3;
const memoryMiBMax = 256;

const bigOrders = 40;
const ticketsEach = 100;
/** Requests of a storm in flight at any time. */
const stormRequests = { pdf: 10, signIns: 10 } as const;
type Heavy = 'helpers' | 'loop';

/**
 * The p95 of orders while other clients request tickets of a hundred pages, or sign in with wrong passwords without a
 * pause, compared with the same orders alone. The control does this work without helper processes: pages on the event
 * loop, passwords on Node's own pool.
 */
export async function measureHeavyNeighbours(
  stack: BenchStack,
  options: BenchOptions,
): Promise<{ measurements: Measurement[]; faults: string[] }> {
  const storms = await prepareStorms(stack);
  const faults: string[] = [];
  const measurements: Measurement[] = [];
  for (const heavy of ['loop', 'helpers'] as const) {
    const api = await stack.startApi({ environment: { BENCH_HEAVY: heavy } });
    try {
      const runs: Record<string, MeasuredRun[]> = { alone: [] };
      for (let run = 1; run <= options.runs; run += 1) {
        runs['alone']?.push(await ordersBeside(stack, api, options, undefined));
        for (const [name, requests] of Object.entries(storms)) {
          const atOnce = stormRequests[name as keyof typeof stormRequests];
          const result = await ordersBeside(stack, api, options, { requests, atOnce });
          runs[name] = [...(runs[name] ?? []), result];
        }
      }
      const memory = Math.max(...api.pids.map(peakMemoryMiB));
      measurements.push(...reported(heavy, runs, memory, faults));
      if (heavy === 'helpers' && memory > memoryMiBMax) faults.push(`the API took ${memory} MiB`);
    } finally {
      await api.stop();
    }
  }
  return { measurements, faults };
}

const p95 = (runs: readonly LoadResult[]) =>
  median(runs, (run) => run.latencies.percentile(0.95)).latencies.percentile(0.95);

function reported(heavy: Heavy, runs: Record<string, MeasuredRun[]>, memory: number, faults: string[]): Measurement[] {
  const alone = p95(runs['alone'] ?? []);
  return Object.entries(runs).map(([name, results]) => {
    const beside = p95(results);
    const ratio = beside / alone;
    if (heavy === 'helpers' && ratio > slowerMax) {
      faults.push(`the p95 of orders beside ${name} is ${ratio.toFixed(2)} times what it is alone`);
    }
    return {
      ...measurementOf(`${heavy === 'loop' ? '  control: ' : ''}orders, ${ordersPerSecond}/s, beside ${name}`, results),
      note: `p95 ${beside.toFixed(1)} ms, x ${ratio.toFixed(2)}; API's memory at most ${memory} MiB`,
    };
  });
}

async function ordersBeside(
  stack: BenchStack,
  api: Awaited<ReturnType<BenchStack['startApi']>>,
  options: BenchOptions,
  beside: { readonly requests: readonly StormRequest[]; readonly atOnce: number } | undefined,
): Promise<MeasuredRun> {
  const load = await hotCategory(stack);
  const storm = beside === undefined ? undefined : startStorm({ port: api.port, ...beside });
  const result = await watched(partsOf(stack, api), () =>
    openLoop({
      to: api.port,
      connections: orderConnections,
      offeredPerSecond: ordersPerSecond,
      warmupSeconds,
      seconds: options.seconds,
      next: load.next,
      ...(load.counts === undefined ? {} : { counts: load.counts }),
      ...(load.onAnswer === undefined ? {} : { onAnswer: load.onAnswer }),
    }),
  );
  const answers = await storm?.stop();
  const memory = Math.max(...api.pids.map(peakMemoryMiB));
  say(
    `orders ${JSON.stringify(result.statuses)} p95 ${result.latencies.percentile(0.95)} ms; storm ${JSON.stringify(answers ?? {})}; ${memory} MiB`,
  );
  return result;
}

/** Requests that strangers and organisers may repeat without end. */
async function prepareStorms(stack: BenchStack): Promise<Record<keyof typeof stormRequests, StormRequest[]>> {
  const { db } = stack.open;
  const event = await createEvent(db, {
    event: { ticketsPerOrderMax: ticketsEach },
    categories: [{ capacity: bigOrders * ticketsEach, perOrderMax: ticketsEach }],
  });
  const placing = placingDeps(stack.open);
  const ids: string[] = [];
  for (let made = 0; made < bigOrders; made += 1) {
    const placed = await order(placing, event, { quantity: ticketsEach });
    await pay(db, placed.order.id);
    ids.push(placed.order.id);
  }
  await emptyOutbox(stack.owner.db);
  return {
    pdf: ids.map((id) => ({
      method: 'GET',
      path: `/v1/orders/${id}/tickets.pdf`,
      headers: bearer(orderAccessToken(benchOrderTokenSecret, id, 1)),
    })),
    signIns: Array.from({ length: 1000 }, () => ({
      method: 'POST',
      path: '/v1/sessions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${randomUUID()}@example.test`, password: 'not the password' }),
    })),
  };
}
