import { type Timeline, createTimeline } from '../../generator/timeline.ts';
import { saveChart } from '../../chart/save-chart.ts';
import { auditFaults } from '../harness/audit.ts';
import type { BenchOptions } from '../harness/options.ts';
import { type BenchReport, measurementOf } from '../harness/report.ts';
import { say } from '../harness/stack.ts';
import { climb, isHeld, ladder } from '../surge/ladder.ts';
import { runStep } from '../surge/step.ts';
import { surgeStage } from '../surge/surge-stage.ts';
import { openSurgeWorld } from '../surge/surge-world.ts';
import { takeSample } from './take-sample.ts';
import { trendOf } from './trend.ts';

const shareOfHeld = 0.6;
/** Whatever follows an order that nobody pays comes within the first minutes, which are not judged: reminders, looks, the end of its hold. */
const holdSeconds = 300;
const windows = 6;
const samples = 60;
/** Pools and caches fill in this first share of the time, which is not judged. */
const settlingShare = 1 / 6;
/** A rise of less than this share of the median over the whole time counts as flat. */
const changeMax = 0.1;
const lastToFirstMax = 1.1;

/** The mix at 60 % of the held rate, for the minutes of the options. Shows whether anything grows that should not. */
export async function benchSoak(options: BenchOptions): Promise<BenchReport> {
  const world = await openSurgeWorld(options, holdSeconds);
  try {
    const stage = surgeStage(world, options);
    const steps = await climb(stage, options);
    const offered = Math.round((steps.findLast(isHeld)?.offered ?? ladder[0] ?? 0) * shareOfHeld);
    const seconds = options.minutes * 60;
    say(`${offered}/s for ${options.minutes} minutes`);
    const taken: Record<string, number>[] = [];
    let timeline: Timeline | undefined;
    let timer: NodeJS.Timeout | undefined;
    let sampling = Promise.resolve();
    const missed: string[] = [];
    const sample = () =>
      takeSample(world).then(
        (one) => void taken.push(one),
        (error: unknown) => void missed.push(`a sample is missing: ${String(error)}`),
      );
    // Both begin with the first measured answer, because the load is prepared before it.
    const onAnswer = (milliseconds: number) => {
      timeline ??= createTimeline(seconds / windows);
      timer ??= setInterval(() => void (sampling = sampling.then(sample)), (seconds / samples) * 1000);
      timeline.add(milliseconds);
    };
    const step = await runStep(stage, { ...options, seconds }, { offered, onAnswer }).finally(() =>
      clearInterval(timer),
    );
    await sampling;
    const judged = taken.slice(Math.ceil(taken.length * settlingShare), samples);
    const p99 = (timeline ?? createTimeline(seconds / windows)).percentile(0.99).slice(0, windows);
    const resources = Object.keys(judged[0] ?? {}).map((name) => {
      const { change, isRising } = trendOf(judged.map((sample) => sample[name] ?? 0));
      return { name, change, isFlat: !isRising || change <= changeMax };
    });
    const lastToFirst = (p99.at(-1)?.[1] ?? Number.NaN) / (p99[0]?.[1] ?? Number.NaN);
    const row = { seconds, counted: step.all.count, perSecond: step.goodput, statuses: {}, latencies: step.all };
    return {
      measurements: [measurementOf(`the mix at ${offered}/s`, [{ ...row, cores: step.cores }])],
      faults: [
        ...step.faults,
        ...missed,
        ...resources.filter(({ isFlat }) => !isFlat).map(({ name }) => `${name} grows`),
        ...(lastToFirst <= lastToFirstMax ? [] : [`p99 of the last window is ${lastToFirst.toFixed(2)} of the first`]),
        ...(await auditFaults(world.stack)),
      ],
      facts: {
        'p99 by window, ms': p99.map(([, ms]) => ms.toFixed(1)).join(', '),
        resources: Object.fromEntries(
          resources.map(({ name, change, isFlat }) => [
            name,
            `${(change * 100).toFixed(1)} %, ${isFlat ? 'flat' : 'GROWS'}`,
          ]),
        ),
        chart: saveChart('soak', {
          title: 'Resources over the soak, as a share of their first sample',
          xLabel: 'samples',
          yLabel: 'share',
          series: resources.map(({ name }) => ({
            name,
            points: judged.map((sample, at) => [at, (sample[name] ?? 0) / (judged[0]?.[name] || 1)] as const),
          })),
        }),
      },
    };
  } finally {
    await world.close();
  }
}
