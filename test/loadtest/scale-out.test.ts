import { expect, test } from 'vitest';
import type { Measurement } from '../../loadtest/bench/harness/report.ts';
import { scaleOut } from '../../loadtest/bench/harness/scale-out.ts';
import { reportMeasured } from '../../loadtest/bench/load/made-report.ts';
import { type Followed, type Stage, barsOf, stages } from '../../loadtest/bench/settle/stages.ts';

const measured = (perSecond: number, cores: Measurement['cores']): Measurement => ({
  name: 'mails',
  perSecond,
  p50Ms: 1,
  p99Ms: 2,
  p999Ms: 3,
  maxMs: 4,
  cores,
  runs: [],
});
const one = measured(1000, { workers: 1, Postgres: 0.6, 'mail sink': 0.4 });
const two = measured(1600, { workers: 2, Postgres: 1, 'mail sink': 0.7 });

test('two workers must send 1.7 times what one sends, where the machine has the cores for it', () => {
  expect(scaleOut([one, two], 4)).toMatchObject([{ ratio: 1.6, bar: { ratioMin: 1.7 } }]);
});

test('a machine with too few cores is told so instead', () => {
  const [row] = scaleOut([one, two], 2);
  expect(row).toMatchObject({ ratio: 1.6, note: expect.stringContaining('3.4 cores busy, and this machine has 2') });
  expect(row?.bar).toBeUndefined();
});

/** A thousand orders, one each millisecond. Each stage comes so many milliseconds after the one before, or late, and takes so many times as long. */
function followed(lateMs: number, slowness: number): Followed {
  const stageOf = (stage: Stage, place: number): [Stage, Map<string, number>] => {
    const everyMs = stage === 'placed' ? 1 : slowness;
    return [stage, new Map(Array.from({ length: 1000 }, (_, n) => [`ord_${n}`, n * everyMs + place * lateMs]))];
  };
  return { moments: new Map(stages.map(stageOf)), faults: [] };
}

test('each promise about paid orders has a bar that a run can miss', () => {
  const rows = (one: Followed, alone: number) =>
    barsOf({ hot: one, spread: one, half: one, alone }).map(({ name, ratio = 0, p99Ms, bar = {} }) => ({
      name,
      isReached:
        (bar.ratioMin === undefined || ratio >= bar.ratioMin) && p99Ms < (bar.p99MsBelow ?? Number.POSITIVE_INFINITY),
      isHeld: Object.keys(bar).length === 1,
    }));
  const good = rows(followed(100, 1), 1000);
  const bad = rows(followed(2000, 5), 1200);
  expect(good.map(({ name }) => name)).toEqual([
    'instructed, against placed',
    'paid, against placed',
    'placed beside payments, against alone',
    'at half: callback stored to paid',
    'at half: paid to mailed',
    'at half: paid to messaged',
    '50 categories in 10 events: paid to mailed',
    '50 categories in 10 events: paid to messaged',
  ]);
  expect(good.filter(({ isReached, isHeld }) => !isReached || !isHeld)).toEqual([]);
  expect(bad.filter(({ isReached }) => isReached)).toEqual([]);
});

test('a report is a row of its bench, against the report of a tenth of its rows', () => {
  const small = {
    rows: 100,
    mebibytes: 1,
    seconds: 1,
    rowsPerSecond: 100,
    peakMiB: 80,
    processorSeconds: 1,
    loopLateP99Ms: 3,
  };
  const large = { ...small, rows: 1000, seconds: 20, rowsPerSecond: 50, peakMiB: 90, processorSeconds: 10 };
  expect(reportMeasured('csv', small, large)).toMatchObject({
    name: 'rows of a report of 1,000 orders, csv',
    perSecond: 50,
    maxMs: 20_000,
    ratio: 0.5,
    cores: { worker: 0.5 },
    note: expect.stringContaining('peak 90 MiB, 80 MiB for 100 rows'),
  });
});
