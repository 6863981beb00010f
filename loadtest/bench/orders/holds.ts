import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { expireHolds } from '../../../src/orders/index.ts';
import { type OpenDb, openDb, rowsOf } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { closedLoop } from '../../generator/closed-loop.ts';
import { auditFaults } from '../harness/audit.ts';
import { emptyOutbox } from '../harness/count-orders.ts';
import { insertExpiredHolds } from '../fill/expired-holds.ts';
import { against, watched } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { hotEvent } from '../load/order-load.ts';
import { oneTicketOf, orderRequests } from '../load/order-requests.ts';
import { type BenchReport, type MeasuredRun, measurementOf } from '../harness/report.ts';
import { serverSettings } from '../harness/server-figures.ts';
import { type BenchApi, type BenchStack, partsOf, say, startBenchStack } from '../harness/stack.ts';

const holdsMax = 1_000_000;
const connections = 128;
/** The sweep interval of the worker's schedule. */
const sweepEveryMs = 2000;
const sweepMinutesMax = 30;
const bar = { ratioMin: 0.85, p99MsBelow: 250 };

/**
 * Releases a million expired holds while their event continues selling. Compares the sale with itself before the sweeper
 * begins, and measures the duration of the release.
 */
export async function benchHolds(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('holds', options);
  const count = Math.min(options.rows, holdsMax);
  const faults: string[] = [];
  try {
    const event = await hotEvent(stack);
    say(`${count.toLocaleString('en')} orders whose hold has ended`);
    await stack.onAllCores(() => insertExpiredHolds(stack.owner.db, event, count));
    const api = await stack.startApi({});
    const sale = createSale(stack, api, event, options);
    const before: MeasuredRun[] = [];
    for (let run = 0; run < options.runs; run += 1) before.push(await sale.run('before the sweep'));
    const swept = await sweepBeside(stack, sale, options.runs);
    await api.stop();
    const control = measurementOf('  control: the sale while nobody sweeps', before);
    const beside = measurementOf(`the sale while ${count.toLocaleString('en')} holds are given back`, swept.runs);
    return {
      measurements: [against(control, beside, bar), control],
      faults: [
        ...faults,
        ...(await sale.check()),
        ...(await givenBack(stack, event, count)),
        ...(await auditFaults(stack)),
      ],
      facts: {
        pinned: stack.pinned,
        connections,
        holds: count,
        'seconds until all were given back': Math.round(swept.seconds),
        'holds given back per second': Math.round(count / swept.seconds),
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await stack.close();
  }
}

type Sale = { run(name: string): Promise<MeasuredRun>; check(): Promise<string[]> };

/** Orders of one ticket each, every 201 counted against rows. */
function createSale(stack: BenchStack, api: BenchApi, event: TestEvent, options: BenchOptions): Sale {
  const next = orderRequests([oneTicketOf(event)]);
  const answered = { placed: 0, unknown: 0 };
  return {
    run: async (name) => {
      await emptyOutbox(stack.owner.db);
      const result = await watched(partsOf(stack, api), () =>
        closedLoop({
          to: api.port,
          connections,
          warmupSeconds,
          seconds: options.seconds,
          next,
          counts: ({ status }) => status === 201,
          onAnswer: ({ status }) => {
            if (status === 201) answered.placed += 1;
            else if (status >= 500) answered.unknown += 1;
          },
        }),
      );
      say(`${name}: ${Math.round(result.perSecond)}/s, p99 ${result.latencies.percentile(0.99)} ms`);
      return result;
    },
    check: async () => {
      const [row] = await rowsOf<{ orders: number }>(
        stack.owner.db,
        sql`select count(*)::integer as orders from orders where event_id = ${event.id} and status = 'pending_payment'`,
      );
      const orders = row?.orders ?? 0;
      const isCounted = orders >= answered.placed && orders <= answered.placed + answered.unknown;
      return isCounted ? [] : [`${answered.placed} answers of 201 and ${answered.unknown} of 5xx, but ${orders} rows`];
    },
  };
}

/** Sells until the sweeper is done. Load that outlasts the sweeper is not counted. */
async function sweepBeside(
  stack: BenchStack,
  sale: Sale,
  runsMin: number,
): Promise<{ runs: MeasuredRun[]; seconds: number }> {
  const open = openDb({
    url: stack.services.addresses.databaseUrl,
    name: 'sweeper',
    poolSize: 1,
    acquireTimeoutMs: 10_000,
    callTimeoutMs: 30_000,
    prepare: false,
  });
  const started = performance.now();
  const sweeping = { isOver: false };
  const sweep = sweepAll(open, started).finally(() => (sweeping.isOver = true));
  const runs: MeasuredRun[] = [];
  while (!sweeping.isOver) {
    const run = await sale.run('beside the sweep');
    if (!sweeping.isOver || runs.length < runsMin) runs.push(run);
  }
  const seconds = await sweep;
  await open.close();
  return { runs, seconds };
}

/** Sweeps as the worker does, until a sweep finds nothing. */
async function sweepAll(open: OpenDb, started: number): Promise<number> {
  for (;;) {
    const began = performance.now();
    const ended = await expireHolds(open);
    if (ended === 0) return (began - started) / 1000;
    if (began - started > sweepMinutesMax * 60_000) throw new Error(`not swept in ${sweepMinutesMax} minutes`);
    await pause(Math.max(0, sweepEveryMs - (performance.now() - began)));
  }
}

async function givenBack(stack: BenchStack, event: TestEvent, count: number): Promise<string[]> {
  const [row] = await rowsOf<{ expired: number }>(
    stack.owner.db,
    sql`select count(*)::integer as expired from orders where event_id = ${event.id} and status = 'expired'`,
  );
  return row?.expired === count ? [] : [`${row?.expired ?? 0} of ${count} holds were given back`];
}
