import { expect, test } from 'vitest';
import { trendOf } from '../../loadtest/bench/soak/trend.ts';

test('a leak is found through its noise, by its change over the whole time', () => {
  const { change, isRising } = trendOf(Array.from({ length: 50 }, (_, at) => 100 + at + (at % 3) * 4));
  expect(isRising).toBe(true);
  expect(change).toBeCloseTo(0.38, 1);
});

test('a saw-tooth, a constant and a fall do not rise', () => {
  expect(trendOf(Array.from({ length: 50 }, (_, at) => 100 + (at % 5) * 10)).isRising).toBe(false);
  expect(trendOf(Array.from({ length: 50 }, () => 7))).toEqual({ change: 0, isRising: false });
  expect(trendOf(Array.from({ length: 50 }, (_, at) => 100 - at)).isRising).toBe(false);
});
