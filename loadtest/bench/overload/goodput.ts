import { closedLoop } from '../../generator/closed-loop.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { openLoop } from '../../generator/open-loop.ts';
import { type LoadResult, successOf } from '../../generator/tally.ts';
import { auditFaults } from '../harness/audit.ts';
import { type Step, chartGoodput } from './goodput-charts.ts';
import { type Important, type ImportantLoad, importantLoad } from '../load/important-load.ts';
import { watched } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { hotCategory } from '../load/order-load.ts';
import { type BenchReport, type Measurement, median, measurementOf } from '../harness/report.ts';
import { serverSettings } from '../harness/server-figures.ts';
import { type BenchApi, type BenchStack, partsOf, say, startBenchStack } from '../harness/stack.ts';
import { releasePlacement, throttlePlacement } from '../harness/throttle.ts';

/** Postgres takes a millisecond per order of the event, so the capacity is 1,000 orders/s on every machine. */
const capacityPerSecond = 1000;
const multiples = [1, 2, 5, 10] as const;
/** Multiples of the machine's own capacity, without a throttle and without a bar. */
const processorMultiples = [1, 2, 3] as const;
/** More than the product serves at once. Otherwise refusals would wait for a free connection in the load generator. */
const connections = 3000;
/** Warm-up: the limit settles and the code gets optimised. */
const warmupSeconds = 6;
const firstWarmupSeconds = 20;
/** A buyer who waits longer has left or pressed again. */
const patienceMs = 1000;
const goodputMin = 0.9;
const refusalP99Max = 50;
const importantMin = 0.999;

type Shedding = 'on' | 'off';

/**
 * Goodput at up to ten times the capacity, with and without shedding, in an open loop. Traffic that must succeed runs
 * beside it all the time: callbacks, reads of orders, scans at the door.
 */
export async function benchGoodput(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('goodput', options);
  const faults: string[] = [];
  try {
    const secondsEach = options.seconds + warmupSeconds + 1;
    const important = await importantLoad(
      stack,
      options,
      secondsEach * (2 * multiples.length + processorMultiples.length) * options.runs + 3 * firstWarmupSeconds,
    );
    await throttlePlacement(stack, 1000 / capacityPerSecond);
    const drive = (shedding: Shedding) => ({ stack, options, important, faults, shedding });
    const on = await curve(drive('on'), multiples, capacityPerSecond);
    const off = await curve(drive('off'), multiples, capacityPerSecond);
    await releasePlacement(stack);
    const most = await fullSpeed(stack, options);
    const bound = await curve(drive('on'), processorMultiples, most);
    faults.push(...judged(on));
    return {
      measurements: [
        ...on.map((step) => measured('shedding', step)),
        ...off.map((step) => measured('no shedding', step)),
        ...bound.map((step) => measured(`bound by the processor (${Math.round(most)}/s)`, step)),
      ],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: stack.pinned,
        capacity: `${capacityPerSecond}/s: Postgres takes 1 ms for each order of the event`,
        'goodput at 10x of its best': share(on.at(-1)?.goodput, Math.max(...on.map((step) => step.goodput))),
        'the same without shedding': share(off.at(-1)?.goodput, Math.max(...off.map((step) => step.goodput))),
        'processor time of the API, us': processorTimes(on),
        charts: chartGoodput(on, off, bound),
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await stack.close();
  }
}

type Drive = {
  readonly stack: BenchStack;
  readonly options: BenchOptions;
  readonly important: ImportantLoad;
  readonly faults: string[];
  readonly shedding: Shedding;
};

async function curve(drive: Drive, steps: readonly number[], perSecond: number): Promise<Step[]> {
  const api = await drive.stack.startApi({ shedding: drive.shedding });
  try {
    const points: Step[] = [];
    for (const multiple of steps) {
      const runs: Step[] = [];
      for (let run = 1; run <= drive.options.runs; run += 1) {
        const isFirst = multiple === steps[0] && run === 1;
        const warmup = isFirst ? firstWarmupSeconds : warmupSeconds;
        runs.push(await step(drive, api, { multiple, offered: Math.round(multiple * perSecond), warmup }));
      }
      points.push(median(runs, (one) => one.goodput));
    }
    return points;
  } finally {
    await api.stop();
  }
}

async function step(
  drive: Drive,
  api: BenchApi,
  { multiple, offered, warmup }: { multiple: number; offered: number; warmup: number },
): Promise<Step> {
  const { stack, options } = drive;
  const { check, ...load } = await hotCategory(stack);
  const refused = createLatencies();
  let inTime = 0;
  const seconds = { warmup, measured: options.seconds };
  const orders = watched(
    partsOf(stack, api),
    () =>
      openLoop({
        ...load,
        to: api.port,
        connections,
        warmupSeconds: warmup,
        seconds: options.seconds,
        offeredPerSecond: offered,
        onMeasured: ({ status }, milliseconds) => {
          if (status !== 201) refused.add(milliseconds);
          else if (milliseconds <= patienceMs) inTime += 1;
        },
      }),
    warmup,
  );
  const [placed, important] = await Promise.all([orders, drive.important.run(api.port, seconds)]);
  // A request without an answer may or may not have placed an order, or may still place it. Then the counts cannot be
  // compared.
  if (placed.statuses['lost'] === undefined) drive.faults.push(...((await check?.()) ?? []));
  const point = {
    multiple,
    offered,
    goodput: inTime / options.seconds,
    placed,
    refused,
    refusedPerSecond: refused.count / options.seconds,
    important,
  };
  say(
    `shedding ${drive.shedding}, ${multiple}x (${offered}/s): ${Math.round(point.goodput)}/s in time, placed p99 ${placed.latencies.percentile(0.99)} ms, refused ${Math.round(point.refusedPerSecond)}/s p99 ${refused.percentile(0.99)} ms; ${saidImportant(important)} ${JSON.stringify(placed.statuses)}`,
  );
  return point;
}

async function fullSpeed(stack: BenchStack, options: BenchOptions): Promise<number> {
  const api = await stack.startApi({});
  try {
    const { check: _, ...load } = await hotCategory(stack);
    const { perSecond } = await closedLoop({
      ...load,
      to: api.port,
      connections: 256,
      warmupSeconds,
      seconds: options.seconds,
    });
    return perSecond;
  } finally {
    await api.stop();
  }
}

/** The bars for the curve with shedding. */
function judged(on: readonly Step[]): string[] {
  const best = Math.max(...on.map((one) => one.goodput));
  const missed: string[] = [];
  for (const { multiple, goodput, refused, important } of on) {
    if (goodput === 0 || goodput < goodputMin * best)
      missed.push(`MISSED: goodput at ${multiple}x is ${share(goodput, best)} of its best`);
    if (refused.percentile(0.99) > refusalP99Max)
      missed.push(`MISSED: refusals at ${multiple}x take ${refused.percentile(0.99)} ms (p99)`);
    if (successOf(important.callbacks) < 1)
      missed.push(`MISSED: callbacks at ${multiple}x: ${saidImportant(important)}`);
    const paying = Math.min(successOf(important.reads), successOf(important.scans));
    if (multiple <= 5 && paying < importantMin)
      missed.push(`MISSED: class 1 at ${multiple}x: ${saidImportant(important)}`);
  }
  return missed;
}

function measured(
  name: string,
  { multiple, goodput, placed, refused, refusedPerSecond, important }: Step,
): Measurement {
  return {
    ...measurementOf(`${name}, ${multiple}x`, [placed]),
    perSecond: goodput,
    note: `refused ${Math.round(refusedPerSecond)}/s, p99 ${refused.percentile(0.99)} ms; ${saidImportant(important)}`,
  };
}

/** The API's time at 1x is spent on served requests. The additional time at 10x is spent on refusals. */
function processorTimes(on: readonly Step[]): Record<string, number> {
  const [first, last] = [on[0], on.at(-1)];
  const cores = (one: Step | undefined) => one?.placed.cores['API'] ?? 0;
  const served = (cores(first) * 1e6) / Math.max(first?.placed.perSecond ?? 1, 1);
  const refusing = cores(last) * 1e6 - served * (last?.placed.perSecond ?? 0);
  return {
    'per order served (with all that goes beside it)': Math.round(served),
    'per refusal': Math.round(refusing / Math.max(last?.refusedPerSecond ?? 1, 1)),
  };
}

function saidImportant({ callbacks, reads, scans }: Important): string {
  const percent = (result: LoadResult) => `${(successOf(result) * 100).toFixed(2)} %`;
  return `callbacks ${percent(callbacks)}, reads ${percent(reads)}, scans ${percent(scans)}`;
}

function share(part: number | undefined, whole: number): string {
  return whole === 0 ? 'nothing in time at any step' : `${((100 * (part ?? 0)) / whole).toFixed(0)} %`;
}
