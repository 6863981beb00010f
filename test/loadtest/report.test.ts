import { expect, test } from 'vitest';
import { countAnswers } from '../../loadtest/bench/harness/count-answers.ts';
import { missedBars, measurementOf } from '../../loadtest/bench/harness/report.ts';
import { createTally } from '../../loadtest/generator/tally.ts';

/** A run of ten seconds with this many answers, each after this many milliseconds. */
function runOf(answers: number, milliseconds: number) {
  const tally = createTally({ seconds: 10 });
  for (let answer = 0; answer < answers; answer += 1)
    tally.answered({ status: 200, headers: '', body: Buffer.alloc(0) }, milliseconds);
  return { ...tally.result(), cores: {} };
}

test('the median run is that of the rate, or of the latency where a fixed rate is offered', () => {
  // The slowest run has the middle rate.
  const runs = [runOf(1500, 20), runOf(1501, 400), runOf(1502, 40)];
  expect(measurementOf('closed loop', runs)).toMatchObject({ perSecond: 150.1, p99Ms: expect.closeTo(400, 0) });
  const offered = measurementOf('150/s', runs, 'p99Ms');
  expect(offered).toMatchObject({ perSecond: 150.2, p99Ms: expect.closeTo(40, 0) });
  expect(missedBars({ ...offered, bar: { perSecondMin: 148.5, p99MsBelow: 300 } })).toEqual([]);
});

test('every written answer has a row, and no row is without an answer, unless a 5xx left it open', () => {
  const written = countAnswers(({ status }) => status === 201);
  const answer = (status: number) => written.onAnswer({ status, headers: '', body: Buffer.alloc(0) });
  for (const status of [201, 201, 200, 429]) answer(status);
  expect([1, 2, 3].map((rows) => written.explains([rows, rows]))).toEqual([false, true, false]);
  expect([written.explains([2, 1]), written.explains([undefined])]).toEqual([false, false]);
  answer(503);
  expect([1, 2, 3, 4].map((rows) => written.explains([rows, rows]))).toEqual([false, true, true, false]);
});
