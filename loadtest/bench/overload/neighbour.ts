import type { TestEvent } from '../../../testkit/factories.ts';
import { type LoadResult, successOf } from '../../generator/tally.ts';
import { openLoop } from '../../generator/open-loop.ts';
import { auditFaults } from '../harness/audit.ts';
import { countOrders, emptyOutbox } from '../harness/count-orders.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { hotEvent } from '../load/order-load.ts';
import { oneTicketOf, orderRequests } from '../load/order-requests.ts';
import { type BenchReport, type Measurement, measurementOf, median } from '../harness/report.ts';
import { delayCommits } from '../harness/server-figures.ts';
import { type BenchApi, type BenchStack, say, startBenchStack } from '../harness/stack.ts';

/** Two hundred events with ordinary sales, and one with suddenly ten times as much demand. */
const neighbours = 200;
const neighboursPerSecond = 100;
const rush = 10;
const connections = { neighbours: 64, event: 512 };

type Setting = {
  readonly said: string;
  readonly usualPerSecond: number;
  /** Added to each commit; 0 leaves the disk as it is. */
  readonly commitMicroseconds: number;
  readonly writePool: number;
  /** Whether the bars apply to this setup. */
  readonly isJudged: boolean;
};

/**
 * In the first setup the commit time sets the capacity, as with a distant synchronous replica. A lane handles about a
 * thousand orders a second, less than the rush offers, and the sharing is measured. (Two hundred events that each write on
 * their own need this many connections.) In the second setup nothing is added, and the limit is the processor, which the
 * load generator and all servers share.
 */
const settings: readonly Setting[] = [
  { said: '+100 ms per commit', usualPerSecond: 150, commitMicroseconds: 100_000, writePool: 40, isJudged: true },
  { said: 'as it is', usualPerSecond: 300, commitMicroseconds: 0, writePool: 4, isJudged: false },
];
const successMin = 0.999;
const slowerMax = 1.2;

type Pair = { readonly neighbours: LoadResult; readonly event: LoadResult };

/**
 * The other events while one event gets its usual rate, and while it gets ten times that, on the same stack. Their success
 * must stay, and their p99 within a fifth.
 */
export async function benchNeighbour(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('neighbour', options);
  const faults: string[] = [];
  try {
    const measurements: Measurement[] = [];
    const facts: Record<string, unknown> = { pinned: stack.pinned };
    for (const setting of settings) {
      const { calm, rushed } = await runs(stack, options, setting, faults);
      measurements.push(...report(setting, calm, rushed, faults));
      facts[`answers of the event at ${rush}x, ${setting.said}`] = rushed.at(-1)?.event.statuses;
    }
    return { measurements, faults: [...faults, ...(await auditFaults(stack))], facts };
  } finally {
    await stack.close();
  }
}

async function runs(stack: BenchStack, options: BenchOptions, setting: Setting, faults: string[]) {
  const { usualPerSecond, commitMicroseconds, writePool } = setting;
  const events = await makeEvents(stack, 2 * options.runs * (neighbours + 1));
  await delayCommits(stack, commitMicroseconds);
  const api = await stack.startApi({ environment: { DATABASE_WRITE_POOL_SIZE: String(writePool) } });
  const calm: Pair[] = [];
  const rushed: Pair[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    calm.push(await both(stack, api, options, { events, eventPerSecond: usualPerSecond, faults }));
    rushed.push(await both(stack, api, options, { events, eventPerSecond: usualPerSecond * rush, faults }));
    say(`${setting.said}, run ${run}: ${saidOf(calm.at(-1))} | at ${rush}x: ${saidOf(rushed.at(-1))}`);
  }
  await api.stop();
  await delayCommits(stack, 0);
  return { calm, rushed };
}

function report(setting: Setting, calm: readonly Pair[], rushed: readonly Pair[], faults: string[]): Measurement[] {
  const { said, usualPerSecond, isJudged } = setting;
  const beside = measured(
    `${said}: ${neighbours} events, ${neighboursPerSecond}/s in all, beside 1x`,
    calm,
    'neighbours',
  );
  const during = measured(`${said}: the same beside ${rush}x`, rushed, 'neighbours');
  const ratio = during.p99Ms / beside.p99Ms;
  const success = Math.min(...rushed.map((pair) => successOf(pair.neighbours)));
  if (isJudged && success < successMin) faults.push(`the others' success fell to ${(success * 100).toFixed(2)} %`);
  if (isJudged && ratio > slowerMax)
    faults.push(`the others' p99 rose to ${ratio.toFixed(2)} times what it is beside 1x`);
  return [
    { ...beside, note: `success ${percent(calm)}` },
    { ...during, note: `success ${percent(rushed)}, p99 x ${ratio.toFixed(2)}` },
    measured(`  the event itself at 1x (${usualPerSecond}/s offered)`, calm, 'event'),
    measured(`  the event itself at ${rush}x (${usualPerSecond * rush}/s offered)`, rushed, 'event'),
  ];
}

/**
 * Both loads at once, on events of their own, each in an open loop: a request is sent when it is due, whatever happens to
 * the other load.
 */
async function both(
  stack: BenchStack,
  api: BenchApi,
  options: BenchOptions,
  { events, eventPerSecond, faults }: { events: TestEvent[]; eventPerSecond: number; faults: string[] },
): Promise<Pair> {
  await emptyOutbox(stack.owner.db);
  const [event, ...others] = events.splice(0, neighbours + 1);
  if (event === undefined) throw new Error('no event was made');
  const counters = {
    event: countOrders(stack.owner.db, [event.id], one),
    others: countOrders(
      stack.owner.db,
      others.map(({ id }) => id),
      one,
    ),
  };
  const shared = { to: api.port, warmupSeconds, seconds: options.seconds, counts: isPlaced };
  const [ofNeighbours, ofEvent] = await Promise.all([
    openLoop({
      ...shared,
      connections: connections.neighbours,
      offeredPerSecond: neighboursPerSecond,
      next: orderRequests(others.map(oneTicketOf)),
      onAnswer: counters.others.onAnswer,
    }),
    openLoop({
      ...shared,
      connections: connections.event,
      offeredPerSecond: eventPerSecond,
      next: orderRequests([oneTicketOf(event)]),
      onAnswer: counters.event.onAnswer,
    }),
  ]);
  faults.push(...(await counters.event.check()), ...(await counters.others.check()));
  return { neighbours: ofNeighbours, event: ofEvent };
}

const one = { tickets: 1, lines: 1 };
const isPlaced = ({ status }: { status: number }) => status === 201;

async function makeEvents(stack: BenchStack, count: number): Promise<TestEvent[]> {
  const made: TestEvent[] = [];
  for (let number = 0; number < count; number += 1) made.push(await hotEvent(stack));
  return made;
}

function measured(name: string, pairs: readonly Pair[], of: keyof Pair): Measurement {
  const middle = median(pairs, (pair) => pair.neighbours.latencies.percentile(0.99));
  return measurementOf(name, [{ ...middle[of], cores: {} }]);
}

function percent(pairs: readonly Pair[]): string {
  return pairs.map((pair) => `${(successOf(pair.neighbours) * 100).toFixed(2)} %`).join(', ');
}

function saidOf(pair: Pair | undefined): string {
  if (pair === undefined) return '';
  const { neighbours: others, event } = pair;
  return `others ${Math.round(others.perSecond)}/s p99 ${others.latencies.percentile(0.99)} ms ${JSON.stringify(others.statuses)}, event ${Math.round(event.perSecond)}/s ${JSON.stringify(event.statuses)}`;
}
