import { sql } from 'drizzle-orm';
import { rowsOf } from '../../src/platform/db.ts';
import { createEvent } from '../../test/support/factories.ts';
import { type ClosedLoopResult, closedLoop } from '../generator/closed-loop.ts';
import { orderRequests } from './order-requests.ts';
import { type BenchOptions, type BenchReport, type Measurement, median } from './report.ts';
import { type BenchStack, startBenchStack } from './stack.ts';

const controlPoolSizes = [4, 8, 16, 32];
const warmupSeconds = 2;

/**
 * Orders on one hot category through the full HTTP path and PgBouncer with fsync on, every rule and limit in force,
 * against the usual transaction per order with the best of four pool sizes. Answers of 201 are counted against rows.
 */
export async function benchOrders(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('orders');
  const faults: string[] = [];
  try {
    const ours: Measurement[] = [];
    for (const processes of [1, 2]) {
      ours.push(
        await measure(stack, options, faults, {
          name: `group commit, ${processes} API process${processes > 1 ? 'es' : ''}`,
          processes,
        }),
      );
    }
    const controls: Measurement[] = [];
    for (const size of controlPoolSizes) {
      controls.push(
        await measure(stack, { ...options, runs: 1 }, faults, {
          name: `control: transaction per order, pool of ${size}`,
          processes: 1,
          placement: 'transaction',
          environment: { DATABASE_WRITE_POOL_SIZE: String(size) },
        }),
      );
    }
    const best = controls.reduce((one, other) => (other.perSecond > one.perSecond ? other : one));
    const repeated = await measure(stack, options, faults, {
      name: `${best.name}, repeated (the best)`,
      processes: 1,
      placement: 'transaction',
      environment: { DATABASE_WRITE_POOL_SIZE: /\d+$/.exec(best.name)?.[0] ?? '8' },
    });
    return {
      measurements: [
        ...ours.map((one) => ({ ...one, ratio: one.perSecond / repeated.perSecond })),
        ...controls,
        repeated,
      ],
      faults,
      facts: { ...(await settings(stack)), connections: options.connections },
    };
  } finally {
    await stack.close();
  }
}

type What = {
  readonly name: string;
  readonly processes: number;
  readonly placement?: 'group' | 'transaction';
  readonly environment?: Readonly<Record<string, string>>;
};

async function measure(stack: BenchStack, options: BenchOptions, faults: string[], what: What): Promise<Measurement> {
  const results: ClosedLoopResult[] = [];
  const api = await stack.startApi(what);
  for (let run = 1; run <= options.runs; run += 1) {
    process.stderr.write(`  ${what.name}: run ${run} of ${options.runs}\n`);
    const event = await createEvent(stack.open.db, {
      event: { ticketsPerBuyerMax: 6, holdSeconds: 86_400 },
      categories: [{ capacity: 100_000_000 }],
    });
    let placed = 0;
    const result = await closedLoop({
      port: api.port,
      connections: options.connections,
      warmupSeconds,
      seconds: options.seconds,
      next: orderRequests(event),
      onAnswer: (answer) => {
        if (answer.status === 201) placed += 1;
      },
    });
    results.push(result);
    faults.push(...(await countAgainstRows(stack, event.id, placed, what.name)));
    const others = Object.keys(result.statuses).filter((status) => status !== '201');
    if (others.length > 0) faults.push(`${what.name}: answers other than 201: ${JSON.stringify(result.statuses)}`);
  }
  await api.stop();
  const runs = results.map((result) => ({
    perSecond: result.perSecond,
    p50Ms: result.latencies.percentile(0.5),
    p99Ms: result.latencies.percentile(0.99),
    statuses: result.statuses,
  }));
  return { name: what.name, ...median(runs, (run) => run.perSecond), runs };
}

/** A figure counts only if every 201 is a row, every row was a 201, and the counters agree with both. */
async function countAgainstRows(stack: BenchStack, eventId: string, placed: number, name: string): Promise<string[]> {
  const [row] = await rowsOf<{ orders: number; held: number; lines: number; staged: number }>(
    stack.open.db,
    sql`select (select count(*)::int from orders where event_id = ${eventId}) as orders,
               (select sum(quantity)::int from order_lines where event_id = ${eventId}) as lines,
               (select count(*)::int from outbox where payload->>'eventId' = ${eventId}) as staged,
               (select held from stock where event_id = ${eventId}) as held`,
  );
  const same =
    row !== undefined && row.orders === placed && row.held === placed && row.lines === placed && row.staged === placed;
  return same ? [] : [`${name}: ${placed} answers of 201, but rows ${JSON.stringify(row)}`];
}

async function settings(stack: BenchStack): Promise<Record<string, string>> {
  const rows = await rowsOf<{ name: string; setting: string }>(
    stack.open.db,
    sql`select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version')`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.setting]));
}
