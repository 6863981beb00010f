import { saveChart } from '../../chart/save-chart.ts';
import { type Drift, type RuleName, capacityPerSecond, simulateDrift } from '../../simulation/scenarios.ts';
import { driftMissed, liveDrift } from './drift-live.ts';
import type { BenchOptions } from '../harness/options.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { say } from '../harness/stack.ts';

const simulatedMinutes = 60;
const overload = 3;
const seed = 1;
const ruleNames: readonly RuleName[] = ['ours', 'Vegas with failsafe-go’s guards', 'Gradient2, its defaults'];

/**
 * The value of a limit after an hour at three times the capacity, in virtual time: ours, the rules that it is derived from,
 * and Gradient2 with its defaults. With `--live` also on the running product, for `--minutes`.
 */
export async function benchDrift(options: BenchOptions): Promise<BenchReport> {
  const drifts = ruleNames.map((rule) => {
    const drift = simulateDrift(rule, { seed, minutes: simulatedMinutes, factor: overload });
    say(`${rule}: the limit went from ${drift.start.toFixed(1)} to ${drift.end.toFixed(1)}`);
    return { rule, drift };
  });
  const chart = saveChart('drift', {
    title: `The limit over an hour at ${overload} times what can be served (simulated)`,
    xLabel: 'minutes of virtual time',
    yLabel: 'calls in flight that are let in',
    series: drifts.map(({ rule, drift }) => ({
      name: rule,
      points: drift.series.map(({ minute, limit }): [number, number] => [minute, limit]),
    })),
  });
  const live = options.live ? await liveDrift(options) : undefined;
  return {
    measurements: [...drifts.map(({ rule, drift }) => measured(rule, drift)), ...(live?.measurements ?? [])],
    faults: [
      ...drifts.filter(({ rule }) => rule === 'ours').flatMap(({ drift }) => driftMissed(drift)),
      ...(live?.faults ?? []),
    ],
    facts: {
      simulated: `${simulatedMinutes} min at ${overload}x of ${capacityPerSecond}/s: 20 places of 100 ms (log-normal, sigma 0.5), open model`,
      'limit, first five minutes after the first': figures(drifts, (drift) => drift.start),
      'limit, last five minutes': figures(drifts, (drift) => drift.end),
      'end by start': figures(drifts, (drift) => drift.ratio),
      'goodput by capacity': figures(drifts, (drift) => drift.goodput),
      'limit, each minute': Object.fromEntries(
        drifts.map(({ rule, drift }) => [rule, drift.series.map(({ limit }) => Math.round(limit)).join(' ')]),
      ),
      chart,
      ...live?.facts,
    },
  };
}

function figures(drifts: readonly { rule: RuleName; drift: Drift }[], of: (drift: Drift) => number) {
  return Object.fromEntries(drifts.map(({ rule, drift }) => [rule, Number(of(drift).toFixed(2))]));
}

function measured(rule: RuleName, drift: Drift): Measurement {
  return {
    name: `simulated, ${rule}`,
    perSecond: drift.goodput * capacityPerSecond,
    p50Ms: drift.p50Ms,
    p99Ms: drift.p99Ms,
    p999Ms: drift.p99Ms,
    maxMs: drift.maxMs,
    cores: {},
    runs: [],
    note: `limit ${drift.start.toFixed(1)} -> ${drift.end.toFixed(1)} (x ${drift.ratio.toFixed(2)})`,
  };
}
