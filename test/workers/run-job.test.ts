import { sql } from 'drizzle-orm';
import { expect, test as base } from 'vitest';
import { DomainError } from '../../src/platform/errors.ts';
import type { OpenDb } from '../../src/platform/database/db.ts';
import { listDeadLetters } from '../../src/platform/jobs/dead-letters.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { deadLettersCommand } from '../../workers/dead-letters.ts';
import { jobOptions } from '../../workers/queues.ts';
import { createTestDatabase } from '../../testkit/services/database.ts';
import { createTestRedis } from '../../testkit/services/redis.ts';
import {
  openTestQueues,
  openWorkDb,
  outboxCount,
  stageNumbers,
  startTestWorker,
  testJobs,
} from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';

type World = { readonly db: OpenDb['db']; readonly queueUrl: string };

/** Each test has its own outbox and queues: most of them wait for repetitions, and wait together. */
const test = base.extend<{ world: World }>({
  world: async ({ onTestFinished }, use) => {
    const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    const open = openWorkDb(database.url);
    onTestFinished(async () => {
      await open.close();
      await redis.close();
      await database.close();
    });
    await use({ db: open.db, queueUrl: redis.queueUrl });
  },
});

const letters = (world: World) => listDeadLetters(world.db, { limit: 100 });

test.concurrent('a payload that does not parse is not tried a second time', async ({ world }) => {
  let runs = 0;
  const worker = await startTestWorker(world, { 'test.count': () => Promise.resolve((runs += 1)) });
  await world.db.execute(
    sql`insert into outbox (name, payload) values ('test.count', '{"number":"one"}'), ('test.count', '{"number":1,"x":1}')`,
  );
  await until(async () => (await letters(world)).length === 2);
  expect((await letters(world)).map((letter) => letter.failure)).toEqual(['payload', 'payload']);
  expect(runs).toBe(0);
  expect(await outboxCount(world.db)).toBe(0);
  await worker.close();
});

test.concurrent('a job that fails is tried again up to its attempts, then it is a dead letter that can be replayed', async ({
  world,
}) => {
  let runs = 0;
  let isFixed = false;
  const worker = await startTestWorker(world, {
    'test.count': () => {
      runs += 1;
      return isFixed ? Promise.resolve() : Promise.reject(new TypeError('buyer@example.test is wrong'));
    },
  });
  await stageNumbers(world.db, 'test.count', 1, 1);
  await until(async () => (await letters(world)).length === 1, 15_000);
  expect(runs).toBe(3);
  const [letter] = await letters(world);
  expect(letter?.failure).toBe('TypeError');
  expect(await deadLettersCommand(world.db, ['list'])).toEqual({ lines: [expect.stringContaining('test.count')] });
  isFixed = true;
  expect(await deadLettersCommand(world.db, ['replay', letter?.id ?? ''])).toHaveProperty('lines');
  await until(() => runs === 4);
  await until(async () => (await outboxCount(world.db)) === 0);
  expect(await letters(world)).toEqual([]);
  await expect(deadLettersCommand(world.db, ['discard', '1'])).rejects.toThrow('there is no dead letter 1');
  expect(await deadLettersCommand(world.db, ['burn'])).toHaveProperty('faults');
  await worker.close();
});

test.concurrent('promise 10: what an error says of people does not reach Redis', async ({ world }) => {
  const queues = await openTestQueues(world.queueUrl);
  const worker = await startTestWorker(world, {
    'test.count': () => Promise.reject(new Error('canary buyer@example.test')),
  });
  await stageNumbers(world.db, 'test.count', 1, 1);
  await until(async () => (await queues.queues.notifications.getDelayedCount()) === 1);
  const keys = await queues.redis.keys('*');
  const dumps = await Promise.all(keys.map((key) => queues.redis.dumpBuffer(key)));
  expect(dumps.filter((dump) => dump?.includes('canary'))).toEqual([]);
  await worker.close();
  await queues.close();
});

test.concurrent('a refusal of the business is final at once', async ({ world }) => {
  let runs = 0;
  const worker = await startTestWorker(world, {
    'test.count': () => {
      runs += 1;
      return Promise.reject(new DomainError('order.not_found', 'There is no such order.'));
    },
  });
  await stageNumbers(world.db, 'test.count', 1, 1);
  await until(async () => (await letters(world)).length === 1);
  expect((await letters(world))[0]?.failure).toBe('order.not_found');
  expect(runs).toBe(1);
  await worker.close();
});

test.concurrent('RetryLater comes back without using up an attempt', async ({ world }) => {
  const attempts: number[] = [];
  const worker = await startTestWorker(world, {
    'test.count': (_payload, run) => {
      attempts.push(run.attempt);
      return attempts.length < 5 ? Promise.reject(new RetryLater(1, 'not yet')) : Promise.resolve();
    },
  });
  await stageNumbers(world.db, 'test.count', 1, 1);
  await until(async () => attempts.length === 5 && (await outboxCount(world.db)) === 0, 15_000);
  expect(attempts).toEqual([1, 1, 1, 1, 1]);
  expect(await letters(world)).toEqual([]);
  await worker.close();
});

test.concurrent('a recurring job that can do nothing now is left to its next run, and never piles up', async ({
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
  await until(() => ticks >= 3, 10_000);
  // The schedule's own next run, and nothing beside it.
  expect(await queues.queues.maintenance.getDelayedCount()).toBeLessThanOrEqual(1);
  expect(await letters(world)).toEqual([]);
  await worker.close();
  await queues.close();
});

test.concurrent('an act that hangs is told to stop and loses its place', async ({ world }) => {
  const aborted: boolean[] = [];
  let others = 0;
  const worker = await startTestWorker(world, {
    'test.count': ({ number }, { signal }) => {
      if (number > 20) return Promise.resolve((others += 1));
      signal.addEventListener('abort', () => aborted.push(true));
      return new Promise(() => {});
    },
  });
  await stageNumbers(world.db, 'test.count', 1, 25);
  await until(() => others === 5, 15_000);
  expect(aborted.length).toBeGreaterThanOrEqual(20);
  await worker.close();
});

test.concurrent('a graceful stop lets the running job finish', async ({ world }) => {
  let finished = false;
  let started = false;
  const worker = await startTestWorker(world, {
    'test.count': async () => {
      started = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
      finished = true;
    },
  });
  await stageNumbers(world.db, 'test.count', 1, 1);
  await until(() => started);
  await worker.close();
  expect(finished).toBe(true);
  expect(await outboxCount(world.db)).toBe(0);
});

test.concurrent('recurring jobs run, and are put back when Redis has lost them', async ({ world }) => {
  const { repairSchedules } = await import('../../workers/schedules.ts');
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

test.concurrent('T65: a job handed over again after it was done is done again; its effect decides, not the id', async ({
  world,
}) => {
  const runs: number[] = [];
  const effects = new Set<number>();
  const worker = await startTestWorker(world, {
    'test.count': ({ number }) => {
      runs.push(number);
      effects.add(number);
      return Promise.resolve();
    },
  });
  const queues = await openTestQueues(world.queueUrl);
  for (let time = 1; time <= 3; time += 1) {
    await queues.queues.notifications.add(
      'test.count',
      { number: 7 },
      { ...jobOptions(testJobs['test.count']), jobId: 'outbox-7' },
    );
    await until(() => runs.length === time);
    await until(async () => (await queues.queues.notifications.getJobState('outbox-7')) === 'unknown');
  }
  expect(effects.size).toBe(1);
  await worker.close();
  await queues.close();
});

test.concurrent('T64: jobs that always fail do not hold up the others', async ({ world }) => {
  let done = 0;
  const worker = await startTestWorker(world, {
    'test.count': ({ number }) =>
      number % 2 === 0 ? Promise.resolve((done += 1)) : Promise.reject(new Error('poison')),
  });
  await stageNumbers(world.db, 'test.count', 1, 400);
  await until(() => done === 200, 10_000);
  await worker.close();
});

test.concurrent('a job whose payload is right but whose database is away comes back without using up an attempt', async ({
  world,
}) => {
  const attempts: number[] = [];
  const worker = await startTestWorker(world, {
    'test.count': (_payload, { attempt }) => {
      attempts.push(attempt);
      const away = Object.assign(new Error('no connection'), { code: 'CONNECTION_CLOSED' });
      return attempts.length === 1 ? Promise.reject(away) : Promise.resolve();
    },
  });
  await stageNumbers(world.db, 'test.count', 1, 1);
  await until(() => attempts.length === 2, 15_000);
  expect(attempts).toEqual([1, 1]);
  await worker.close();
});
