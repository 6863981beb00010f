import { saveChart } from '../../chart/save-chart.ts';
import {
  type Recovery,
  type RuleName,
  capacityPerSecond,
  mean,
  recoveredWithinSeconds,
  simulateRecovery,
} from '../../simulation/scenarios.ts';
import type { BenchOptions } from '../harness/options.ts';
import { liveRecovery } from './recovery-live.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { say } from '../harness/stack.ts';

const rush = { factor: 10, rushSeconds: 60 };
const runsOfOurs = 20;
/** The control gives the same result each time. */
const runsOfControl = 2;

/**
 * Ten times the capacity for a minute, from clients that retry without backoff, and then 0.7 times. Measures the time until
 * answers are as fast as before. Twenty runs in virtual time, and without a limit for comparison; with `--live` also on the
 * running product, `--runs` times.
 */
export async function benchRecovery(options: BenchOptions): Promise<BenchReport> {
  const ours = simulated('ours', runsOfOurs);
  const control = simulated('no limit', runsOfControl);
  const chart = saveChart('recovery', {
    title: 'Ten times too many for a minute, who try again at once (simulated)',
    xLabel: 'seconds of virtual time',
    yLabel: 'answers per second to people who still wait',
    series: [
      { name: 'ours', points: pointsOf(ours[0]) },
      { name: 'no limit', points: pointsOf(control[0]) },
    ],
    marks: [
      { x: 30, label: 'rush' },
      { x: 90, label: 'over' },
    ],
  });
  const live = options.live ? await liveRecovery(options) : undefined;
  const late = ours.filter((one) => (one.secondsToNormal ?? Number.POSITIVE_INFINITY) > recoveredWithinSeconds);
  return {
    measurements: [measured('ours', ours), measured('no limit', control), ...(live?.measurements ?? [])],
    faults: [
      ...(late.length === 0
        ? []
        : [`MISSED: ${late.length} of ${runsOfOurs} did not recover in ${recoveredWithinSeconds} s`]),
      ...(live?.faults ?? []),
    ],
    facts: {
      simulated: `capacity ${capacityPerSecond}/s; refused or unanswered for 3 s they try again after 0.2 s, for 5 s`,
      'seconds to normal, ours': ours.map(secondsOf),
      'seconds to normal, no limit': control.map(secondsOf),
      'goodput in the rush by capacity': {
        ours: Number(mean(ours.map((one) => one.goodputInRush)).toFixed(2)),
        'no limit': Number(mean(control.map((one) => one.goodputInRush)).toFixed(2)),
      },
      chart,
      ...live?.facts,
    },
  };
}

function simulated(rule: RuleName, runs: number): Recovery[] {
  const all: Recovery[] = [];
  for (let seed = 1; seed <= runs; seed += 1) {
    const recovery = simulateRecovery(rule, { seed, ...rush });
    say(`${rule}, ${seed} of ${runs}: ${secondsOf(recovery)} s to normal`);
    all.push(recovery);
  }
  return all;
}

const secondsOf = ({ secondsToNormal }: Recovery): number | string => secondsToNormal ?? 'never';

function pointsOf(recovery: Recovery | undefined): [number, number][] {
  return (recovery?.series ?? []).map(({ at, servedPerSecond }) => [at, servedPerSecond]);
}

function measured(rule: RuleName, all: readonly Recovery[]): Measurement {
  const after = all.flatMap((one) => one.series.slice(-recoveredWithinSeconds));
  const recovered = all.filter((one) => (one.secondsToNormal ?? Number.POSITIVE_INFINITY) <= recoveredWithinSeconds);
  return {
    name: `simulated, ${rule}: the last half minute`,
    perSecond: mean(after.map((one) => one.servedPerSecond)),
    p50Ms: mean(after.map((one) => one.p50Ms)),
    p99Ms: mean(after.map((one) => one.p99Ms)),
    p999Ms: mean(after.map((one) => one.p99Ms)),
    maxMs: Math.max(...after.map((one) => one.p99Ms)),
    cores: {},
    runs: [],
    note: `normal within ${recoveredWithinSeconds} s: ${recovered.length} of ${all.length}`,
  };
}
