import { setTimeout as pause } from 'node:timers/promises';
import { saveChart } from '../../chart/save-chart.ts';
import { openLoop } from '../../generator/open-loop.ts';
import { mean } from '../../simulation/scenarios.ts';
import { auditFaults } from '../harness/audit.ts';
import { watched } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { hotCategory } from '../load/order-load.ts';
import { readCounter } from '../harness/read-metrics.ts';
import { type BenchReport, measurementOf } from '../harness/report.ts';
import { type BenchApi, partsOf, say, startBenchStack } from '../harness/stack.ts';
import { throttlePlacement } from '../harness/throttle.ts';

const capacityPerSecond = 1000;
const overload = 3;
/** More than the product serves at once. Otherwise refusals would wait for a free connection in the load generator. */
const connections = 2000;
const sampleEveryMs = 2000;
/** Warm-up in which the limit settles. Later values are compared with each other. */
const settleSeconds = 60;
/** The limit must end within a fifth of its starting value. */
const ratioBounds = { min: 0.8, max: 1.2 };

/**
 * Measures drift on the product: Postgres takes a millisecond per order, three times as many orders arrive, and the
 * limit on calls in flight is read from the metrics. The first and the last fifth after the first minute are compared.
 */
export async function liveDrift(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('drift', options);
  const faults: string[] = [];
  try {
    await throttlePlacement(stack, 1000 / capacityPerSecond);
    const { check, ...load } = await hotCategory(stack);
    const api = await stack.startApi({});
    const seconds = options.minutes * 60;
    const sampling = sampleLimit(api, seconds + settleSeconds);
    const result = await watched(
      partsOf(stack, api),
      () =>
        openLoop({
          ...load,
          to: api.port,
          connections,
          warmupSeconds: settleSeconds,
          seconds,
          offeredPerSecond: overload * capacityPerSecond,
        }),
      settleSeconds,
    );
    const samples = await sampling;
    await api.stop();
    faults.push(...((await check?.()) ?? []));
    const drift = driftOf(samples, seconds);
    say(`live: the limit went from ${drift.start.toFixed(0)} to ${drift.end.toFixed(0)}`);
    const chart = saveChart('drift-live', {
      title: `The limit on orders in flight, ${overload} times as many as Postgres takes`,
      xLabel: 'seconds since the start',
      yLabel: 'orders in flight that are let in',
      series: [{ name: 'limit', points: samples.map(({ at, limit }): [number, number] => [at, limit]) }],
    });
    return {
      measurements: [
        {
          ...measurementOf(`live, ${options.minutes} min at ${overload}x of ${capacityPerSecond}/s`, [result]),
          note: `limit ${drift.start.toFixed(0)} -> ${drift.end.toFixed(0)} (x ${drift.ratio.toFixed(2)})`,
        },
      ],
      faults: [...faults, ...driftMissed(drift), ...(await auditFaults(stack))],
      facts: {
        live: `${options.minutes} min after a minute to settle; means of the first and the last fifth`,
        'live, end by start': Number(drift.ratio.toFixed(2)),
        'live, refused': result.statuses['503'] ?? 0,
        'live, limit': samples.map(({ limit }) => limit).join(' '),
        'live, chart': chart,
      },
    };
  } finally {
    await stack.close();
  }
}

type Sample = { readonly at: number; readonly limit: number };

async function sampleLimit(api: BenchApi, seconds: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const startedAt = performance.now();
  for (let at = 0; at < seconds; at = (performance.now() - startedAt) / 1000) {
    const limit = await readCounter(api, 'antre_concurrency_limit', 'dependency="postgres_writes"');
    samples.push({ at: Number(at.toFixed(1)), limit });
    await pause(sampleEveryMs);
  }
  return samples;
}

function driftOf(samples: readonly Sample[], seconds: number): { start: number; end: number; ratio: number } {
  const fifth = seconds / 5;
  const limits = (from: number, to: number) =>
    mean(samples.filter(({ at }) => at >= from && at < to).map(({ limit }) => limit));
  const start = limits(settleSeconds, settleSeconds + fifth);
  const end = limits(settleSeconds + seconds - fifth, settleSeconds + seconds);
  return { start, end, ratio: end / start };
}

export function driftMissed({ ratio, start, end }: { ratio: number; start: number; end: number }): string[] {
  return ratio >= ratioBounds.min && ratio <= ratioBounds.max
    ? []
    : [`MISSED: the limit went from ${start.toFixed(1)} to ${end.toFixed(1)}`];
}
