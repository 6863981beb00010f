import { saveChart } from '../../chart/save-chart.ts';
import type { Latencies } from '../../generator/latencies.ts';
import type { LoadResult } from '../../generator/tally.ts';
import type { Important } from '../load/important-load.ts';
import type { ByPart } from '../harness/processors.ts';

/** Results at one multiple of the capacity. */
export type Step = {
  readonly multiple: number;
  readonly offered: number;
  /** Orders placed within a buyer's patience, per second. */
  readonly goodput: number;
  readonly placed: LoadResult & { readonly cores: ByPart };
  readonly refused: Latencies;
  readonly refusedPerSecond: number;
  readonly important: Important;
};

/** Charts goodput and latency by offered load. @returns the paths of the files */
export function chartGoodput(on: readonly Step[], off: readonly Step[], bound: readonly Step[]): string[] {
  const points = (steps: readonly Step[], y: (one: Step) => number) =>
    steps.map((one): [number, number] => [one.multiple, y(one)]);
  const goodput = saveChart('goodput', {
    title: 'Orders placed within a second, by what is offered',
    xLabel: 'offered, as a multiple of what can be served',
    yLabel: 'orders per second',
    series: [
      { name: 'shedding', points: points(on, (one) => one.goodput) },
      { name: 'no shedding', points: points(off, (one) => one.goodput) },
      { name: 'bound by the processor', points: points(bound, (one) => one.goodput) },
    ],
  });
  const waits = saveChart('goodput-latency', {
    title: 'How long an answer takes (p99), by what is offered',
    xLabel: 'offered, as a multiple of what can be served',
    yLabel: 'milliseconds',
    series: [
      { name: 'placed, shedding', points: points(on, (one) => one.placed.latencies.percentile(0.99)) },
      { name: 'refused, shedding', points: points(on, (one) => one.refused.percentile(0.99)) },
      { name: 'placed, no shedding', points: points(off, (one) => one.placed.latencies.percentile(0.99)) },
    ],
  });
  return [goodput, waits];
}
