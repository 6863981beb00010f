import { expect, test } from 'vitest';
import { createTimeline } from '../../loadtest/generator/timeline.ts';

test('a timeline says how many ended in each slot of time, and how long they took', () => {
  let time = 5000;
  const timeline = createTimeline(0.5, () => time);
  for (const milliseconds of [10, 30, 20]) timeline.add(milliseconds);
  time += 1200;
  timeline.add(99);
  expect(timeline.perSecond()).toEqual([
    [0.25, 6],
    [0.75, 0],
  ]);
  expect(timeline.percentile(0.5)).toEqual([
    [0.25, 20],
    [0.75, Number.NaN],
  ]);
  time += 300;
  // The third slot is over now; before, it would have looked slower than it was.
  expect(timeline.perSecond().at(-1)).toEqual([1.25, 2]);
  expect(timeline.percentile(0.99).at(-1)).toEqual([1.25, 99]);
});
