import type { Series } from '../../chart/line-chart.ts';
import { saveChart } from '../../chart/save-chart.ts';
import type { Timeline } from '../../generator/timeline.ts';

/** One point of a curve over the number of connections. */
export type Tried = {
  /** The curve that it belongs to. */
  readonly series: string;
  readonly connections: number;
  readonly perSecond: number;
  readonly p99Ms: number;
};

/** Charts rate and latency by the number of connections. @returns the paths of the charts */
export function chartConcurrency(tried: readonly Tried[]): string[] {
  const names = [...new Set(tried.map(({ series }) => series))];
  const seriesOf = (valueOf: (one: Tried) => number): Series[] =>
    names.map((name) => ({
      name,
      points: tried
        .filter(({ series }) => series === name)
        .sort((one, other) => one.connections - other.connections)
        .map((one) => [one.connections, valueOf(one)]),
    }));
  const xLabel = 'connections, each with one order on its way';
  return [
    saveChart('orders-rate', {
      title: 'Orders on one hot category, by concurrency',
      xLabel,
      yLabel: 'orders/s',
      series: seriesOf((one) => one.perSecond),
    }),
    saveChart('orders-p99', {
      title: 'The same: 99 % of the orders are answered within',
      xLabel,
      yLabel: 'milliseconds',
      series: seriesOf((one) => one.p99Ms),
    }),
  ];
}

/** Latency in the open loop, over time. */
export function chartFelt(offeredPerSecond: number, timeline: Timeline): string {
  return saveChart('orders-felt', {
    title: `Latency while ${offeredPerSecond.toLocaleString('en')} orders/s come, whatever the server does`,
    xLabel: 'seconds',
    yLabel: 'milliseconds from when an order was due',
    series: [0.5, 0.99, 1].map((share) => ({
      name: share === 1 ? 'longest' : `p${share * 100}`,
      points: timeline.percentile(share),
    })),
  });
}
