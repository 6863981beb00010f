import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenDb } from '../../src/platform/database/db.ts';
import { createStagedSignal } from '../../src/platform/jobs/staged-signal.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { openWorkDb, silentLog, stageNumbers, startTestWorker } from '../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';

/** Guards that a relay at rest looks at once when jobs were staged, and finds them without a signal, too. */

let database: TestDatabase;
let redis: TestRedis;
let open: OpenDb;
beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  open = openWorkDb(database.url);
});
afterAll(async () => {
  await open.close();
  await redis.close();
  await database.close();
});

/** By then a relay without work makes its longest pauses. */
const restMs = 3500;
const tries = 3;

test('a signal wakes a relay at rest; a job whose signal was lost is done a little later', async () => {
  const cache = openCacheRedis(redis.cacheUrl, silentLog);
  const signal = createStagedSignal(cache);
  const done = new Set<number>();
  const worker = await startTestWorker(
    { db: open.db, queueUrl: redis.queueUrl, redis: cache },
    { 'test.count': ({ number }) => Promise.resolve(done.add(number)) },
  );
  let number = 0;
  const latencyMs = async (isSignalled: boolean): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    number += 1;
    const wanted = number;
    await stageNumbers(open.db, 'test.count', wanted, wanted);
    const started = performance.now();
    if (isSignalled) signal.send();
    await until(() => done.has(wanted));
    return performance.now() - started;
  };
  const [withSignal, without]: [number[], number[]] = [[], []];
  for (let made = 0; made < tries; made += 1) {
    withSignal.push(await latencyMs(true));
    without.push(await latencyMs(false));
  }
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(withSignal)).toBeLessThan(sum(without));
  signal.close();
  await worker.close();
  cache.disconnect();
});

test('many commits make few signals, and the last one is never left out', async () => {
  const cache = openCacheRedis(redis.cacheUrl, silentLog);
  const listening = openCacheRedis(redis.cacheUrl, silentLog);
  await until(() => cache.status === 'ready' && listening.status === 'ready');
  let signals = 0;
  await listening.subscribe('antre:jobs:staged');
  listening.on('message', () => {
    signals += 1;
  });
  const signal = createStagedSignal(cache);
  for (let commits = 0; commits < 1000; commits += 1) signal.send();
  await until(() => signals >= 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(signals).toBe(2);
  signal.close();
  listening.disconnect();
  cache.disconnect();
});
