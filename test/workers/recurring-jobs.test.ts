import { expect } from 'vitest';
import { createPacedCheck, invariants } from '../../src/invariants.ts';
import { eachInTurn } from '../../src/platform/jobs/each-in-turn.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { repairSchedules } from '../../workers/schedules.ts';
import { openTestQueues, silentLog, startTestWorker, testJobs } from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';
import { letters, test } from './support/own-queues.ts';

/** Guards that recurring jobs run as long as their schedule stands, and never pile up. */

test.concurrent('a recurring job that cannot run now is left to its next run, and never piles up', async ({
  world,
}) => {
  let ticks = 0;
  const away = Object.assign(new Error('no answer'), { code: 'DEADLINE' });
  const schedules = [{ job: testJobs['test.tick'], everySeconds: 1 }];
  const worker = await startTestWorker(
    { ...world, schedules },
    {
      'test.tick': () => {
        ticks += 1;
        return Promise.reject(ticks % 2 === 0 ? away : new RetryLater(1, 'not yet'));
      },
    },
  );
  const queues = await openTestQueues(world.queueUrl);
  await until(() => ticks >= 3);
  // The schedule's own next run, and nothing beside it.
  expect(await queues.queues.maintenance.getDelayedCount()).toBeLessThanOrEqual(1);
  expect(await letters(world)).toEqual([]);
  await worker.close();
  await queues.close();
});

test.concurrent('recurring jobs run, and are scheduled again when Redis has lost them', async ({ world }) => {
  let ticks = 0;
  const schedules = [{ job: testJobs['test.tick'], everySeconds: 1 }];
  const worker = await startTestWorker({ ...world, schedules }, { 'test.tick': () => Promise.resolve((ticks += 1)) });
  await until(() => ticks >= 2);
  const queues = await openTestQueues(world.queueUrl);
  expect(await repairSchedules(queues.queues, schedules, Date.now())).toEqual([]);
  await queues.redis.flushdb();
  expect(await repairSchedules(queues.queues, schedules, Date.now())).toEqual(['test.tick']);
  const before = ticks;
  await until(() => ticks >= before + 2);
  await repairSchedules(queues.queues, [], Date.now());
  expect(await queues.queues.maintenance.getJobSchedulersCount()).toBe(0);
  await worker.close();
  await queues.close();
});

test('an item that fails is noted, and keeps no other item from its turn', async () => {
  const [done, noted]: [number[], number[]] = [[], []];
  const act = (item: number) =>
    item % 2 === 0 ? Promise.reject(new Error(`fault ${item}`)) : Promise.resolve(done.push(item));
  await expect(eachInTurn([1, 2, 3, 4, 5], act, (_, item) => noted.push(item))).rejects.toThrow('fault 2');
  expect([done, noted]).toEqual([
    [1, 3, 5],
    [2, 4],
  ]);
});

test('an invariant rests in proportion to the time that its check took', async ({ world }) => {
  // Each look at the clock is a tenth of a second after the one before.
  let time = 0;
  const check = createPacedCheck({ db: world.db, log: silentLog }, () => (time += 100));
  const checked = async () => (await check()).length;
  expect(await checked()).toBe(invariants.length);
  expect(await checked()).toBe(0);
  time += 60_000;
  expect(await checked()).toBe(invariants.length);
});
