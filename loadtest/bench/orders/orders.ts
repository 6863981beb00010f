import { openLoop } from '../../generator/open-loop.ts';
import { type Timeline, createTimeline } from '../../generator/timeline.ts';
import { auditFaults } from '../harness/audit.ts';
import { type BestControl, findBestControl, tryConnections } from '../harness/find-best-control.ts';
import { insertRate } from '../controls/insert-rate.ts';
import { against } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { chartConcurrency, chartFelt } from './order-charts.ts';
import { measureOn } from '../load/order-load.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { delayCommits, stackFacts } from '../harness/server-figures.ts';
import type { ApiOptions } from '../harness/api-environment.ts';
import { type BenchStack, startBenchStack } from '../harness/stack.ts';

const connectionCounts = [128, 256, 512];
/** On two cores, pinning also takes from each side the time that the other leaves idle, so both ways are measured. */
const ways: readonly ApiOptions[] = [{}, { tied: false }, { processes: 2 }];
const bar = { perSecondMin: 8000, p99MsBelow: 250, ratioMin: 8 };
const openConnections = 512;
/** The rate of the open loop, as a share of the closed loop's. Latency at the limit itself says nothing. */
const offeredShare = 0.7;
const slotSeconds = 0.25;
const addedCommitMicroseconds = 1000;

/**
 * Orders on one hot category through the full HTTP path and PgBouncer with fsync on and all rules, limits and the shedder
 * in force, compared with the usual transaction per order where that does best.
 */
export async function benchOrders(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('orders', options);
  const faults: string[] = [];
  try {
    const inserts = await insertRate(stack, options.seconds);
    const best = await findBestControl(stack, options, faults);
    const control = await measureControl(
      stack,
      options,
      faults,
      best,
      'control: one transaction per order, at its best',
    );
    const freeControl = await measureControl(
      stack,
      options,
      faults,
      { ...best, api: { ...best.api, tied: false } },
      'control, nothing tied',
    );
    const ours: Measurement[] = [];
    const tried = [...best.tried, ...(await tryConnections(stack, options, faults, nameOf({}), {}))];
    for (const api of ways) {
      const measured: Measurement[] = [];
      for (const connections of connectionCounts) {
        const name = `${nameOf(api)}, ${connections} connections`;
        const one = await measureOn(stack, { name, api, connections, options, faults });
        tried.push({ series: nameOf(api), connections, ...one });
        measured.push(against(api === ways[0] ? control : freeControl, one));
      }
      // The control was measured at its best setting, and so is this.
      const bestRate = Math.max(...measured.map(({ perSecond }) => perSecond));
      ours.push(...measured.map((one) => (one.perSecond === bestRate ? { ...one, bar } : one)));
    }
    const offered = Math.round(offeredShare * (ours[0]?.perSecond ?? 0));
    const felt = await measureFelt(stack, options, faults, offered);
    const slow = await withSlowCommits(stack, options, faults, best);
    return {
      measurements: [control, freeControl, ...ours, felt.measured, ...slow],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        ...(await stackFacts(stack)),
        'pgbench, inserts/s': inserts,
        'tried, one run each': tried.map((one) => `${one.series}, ${one.connections}: ${Math.round(one.perSecond)}/s`),
        charts: [...chartConcurrency(tried), felt.chart],
      },
    };
  } finally {
    await stack.close();
  }
}

function measureControl(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
  best: BestControl,
  name: string,
): Promise<Measurement> {
  return measureOn(stack, {
    name: `${name} (pool ${best.pool}, ${best.connections} connections)`,
    api: best.api,
    connections: best.connections,
    options,
    faults,
  });
}

/** Latency at a rate below the limit, from the moment that each request was due. */
async function measureFelt(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
  offeredPerSecond: number,
): Promise<{ measured: Measurement; chart: string }> {
  let timeline = createTimeline(slotSeconds);
  const measured = await measureOn(stack, {
    name: `${nameOf({})}, ${offeredPerSecond}/s offered (open loop)`,
    api: {},
    connections: openConnections,
    options,
    faults,
    drive: (load) => {
      let ofThisRun: Timeline | undefined;
      const onCounted = (milliseconds: number) => {
        timeline = ofThisRun ??= createTimeline(slotSeconds);
        timeline.add(milliseconds);
      };
      return openLoop({ ...load, offeredPerSecond, onCounted });
    },
  });
  return { measured, chart: chartFelt(offeredPerSecond, timeline) };
}

function nameOf({ processes = 1, tied = processes === 1 }: ApiOptions): string {
  return `group commit, ${processes} API process${processes > 1 ? 'es' : ''}${tied ? '' : ', nothing tied'}`;
}

/** The same with a millisecond added to each commit, as on a network disk. */
async function withSlowCommits(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
  best: BestControl,
): Promise<Measurement[]> {
  await delayCommits(stack, addedCommitMicroseconds);
  const control = await measureControl(stack, options, faults, best, '+1 ms per commit, control');
  const ours = await measureOn(stack, {
    name: `+1 ms per commit, ${nameOf({})}`,
    api: {},
    connections: connectionCounts[0] ?? 0,
    options,
    faults,
  });
  await delayCommits(stack, 0);
  return [control, against(control, ours)];
}
