import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineChart, lineChart } from '../../loadtest/chart/line-chart.ts';
import { ticksFor } from '../../loadtest/chart/ticks.ts';

/** Charts are read as evidence: lines must be where the figures are, on axes that can be read. */

const chart: LineChart = {
  title: 'orders/s & p99 <ours>',
  xLabel: 'connections',
  yLabel: 'orders/s',
  series: [
    {
      name: 'group commit',
      points: [
        [0, 0],
        [100, 8000],
      ],
    },
    {
      name: 'control "best"',
      points: [
        [0, 500],
        [50, Number.NaN],
        [100, 500],
      ],
    },
  ],
  marks: [{ x: 50, label: 'Redis stopped' }],
};

const all = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].map(([, found = '']) => found);

test('an axis has round numbers that cover all values', () => {
  expect(ticksFor(0, 9300).values).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
  expect(ticksFor(0, 0.3).values).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
  expect(ticksFor(-3, 4).values).toEqual([-4, -2, 0, 2, 4]);
  const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(finite, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (low, extent) => {
      const { from, to, values } = ticksFor(low, low + extent);
      const slack = Math.abs(to - from) * 1e-6;
      expect(from).toBeLessThanOrEqual(low + slack);
      expect(to).toBeGreaterThanOrEqual(low + extent - slack);
      expect(values.length).toBeGreaterThanOrEqual(2);
      expect(values.length).toBeLessThanOrEqual(12);
      for (const [place, value] of values.entries())
        if (place > 0) expect(value).toBeGreaterThan(values[place - 1] ?? 0);
    }),
  );
});

test('nothing, one value and values that are no numbers still make a chart', () => {
  for (const points of [[], [[5, 5]], [[Number.NaN, 1]]] as const) {
    const svg = lineChart({ ...chart, marks: [], series: [{ name: 'one', points }] });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  }
});

test('points are drawn where the axes say, and a missing value is a gap', () => {
  const svg = lineChart(chart);
  const [ours = '', control = ''] = all(svg, /<path d="(M[^"]*)" fill="none" stroke="#(?:0072b2|d55e00)"/g);
  const heightOf = (said: string) => Number(new RegExp(`y="([\\d.]+)"[^>]*>${said}<`).exec(svg)?.[1]);
  const [, from = '', to = ''] = /^M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)$/.exec(ours) ?? [];
  expect(Number(from)).toBe(heightOf('0'));
  expect(Number(to)).toBe(heightOf('8,000'));
  expect(control.match(/M/g)).toHaveLength(2);
  expect(control).not.toContain('L');
});

test('title, axes, marks and every series are named, and text cannot become markup', () => {
  const svg = lineChart(chart);
  const texts = all(svg, /<text[^>]*>([^<]*)<\/text>/g);
  expect(texts).toEqual(
    expect.arrayContaining([
      'orders/s &amp; p99 &lt;ours&gt;',
      'connections',
      'orders/s',
      'Redis stopped',
      'group commit',
      'control &quot;best&quot;',
    ]),
  );
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).not.toMatch(/<script|href|<ours>/);
});

test('the same data make the same file, and long names and many series stay within it', () => {
  const series = Array.from({ length: 9 }, (_, place) => ({
    name: `series ${place} `.repeat(9),
    points: [[0, place]] as const,
  }));
  const svg = lineChart({ ...chart, series });
  expect(lineChart({ ...chart, series })).toBe(svg);
  const height = Number(/height="(\d+)"/.exec(svg)?.[1]);
  for (const y of all(svg, / y="([\d.]+)"/g)) expect(Number(y)).toBeLessThan(height);
  expect(Math.max(...all(svg, />(series[^<]*)</g).map((name) => name.length))).toBeLessThanOrEqual(36);
});
