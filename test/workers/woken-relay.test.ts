import { expect, test } from 'vitest';
import { createStagedSignal } from '../../src/platform/jobs/staged-signal.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { openWorkDb, silentLog, stageNumbers, startTestWorker } from '../../testkit/processes/worker.ts';
import { createTestDatabase } from '../../testkit/services/database.ts';
import { startOwnRedis } from '../../testkit/services/own-redis.ts';
import { until } from '../../testkit/until.ts';

/** Guards that an idle relay looks at once when jobs are staged, and finds them without a signal, too. */

/** After this time a relay without work makes its longest pauses. */
const restMs = 3500;
const tries = 3;

/** The time in all from the commit to the job's end, over some jobs that are staged while a relay of its own rests. */
async function waitMs(isSignalled: boolean): Promise<number> {
  // Its own server: signals go to all who listen on one, whatever their database there.
  const [database, redis] = await Promise.all([createTestDatabase(), startOwnRedis()]);
  const open = openWorkDb(database.url);
  const cache = openCacheRedis(`${redis.url}/0`, silentLog);
  const signal = createStagedSignal(cache);
  const done = new Set<number>();
  const worker = await startTestWorker(
    { db: open.db, queueUrl: `${redis.url}/1`, redis: cache },
    { 'test.count': ({ number }) => Promise.resolve(done.add(number)) },
  );
  let waitedMs = 0;
  for (let number = 1; number <= tries; number += 1) {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    await stageNumbers(open.db, 'test.count', number, number);
    const started = performance.now();
    if (isSignalled) signal.send();
    await until(() => done.has(number));
    waitedMs += performance.now() - started;
  }
  signal.close();
  await worker.close();
  cache.disconnect();
  await open.close();
  await redis.close();
  await database.close();
  return waitedMs;
}

test('a signal wakes a relay at rest; a job whose signal was lost runs a little later', async () => {
  const [signalledMs, silentMs] = await Promise.all([waitMs(true), waitMs(false)]);
  expect(signalledMs).toBeLessThan(silentMs);
});

test('many commits send few signals, and the last one is never left out', async () => {
  const redis = await startOwnRedis();
  const cache = openCacheRedis(`${redis.url}/0`, silentLog);
  const listening = openCacheRedis(`${redis.url}/0`, silentLog);
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
  await redis.close();
});
