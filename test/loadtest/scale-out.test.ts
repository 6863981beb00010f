import { expect, test } from 'vitest';
import type { Measurement } from '../../loadtest/bench/harness/report.ts';
import { scaleOut } from '../../loadtest/bench/harness/scale-out.ts';

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
