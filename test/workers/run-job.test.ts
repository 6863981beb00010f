import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { DomainError } from '../../src/platform/errors.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { deadLettersCommand } from '../../workers/dead-letters.ts';
import { jobOptions } from '../../workers/queues.ts';
import {
  openTestQueues,
  outboxCount,
  stageNumbers,
  startTestWorker,
  testJobs,
} from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';
import { letters, test } from './support/own-queues.ts';

/** Guards the outcome of a job that fails, hangs, arrives twice, or runs while its worker stops. */

test.concurrent('a payload that does not parse is not retried', async ({ world }) => {
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

test.concurrent('a job of a newer build is left for its workers; a dead letter only when none has come for minutes', async ({
  world,
}) => {
  const worker = await startTestWorker(world, {});
  const { queues, close } = await openTestQueues(world.queueUrl);
  const handOver = async (timestamp: number) => {
    const [row] = await rowsOf<{ id: string }>(
      world.db,
      sql`insert into outbox (name, payload, relays, available_at) values ('test.newer', '{}', 1, now() + interval '1 hour') returning id::text`,
    );
    const jobId = `outbox-${row?.id}`;
    await queues.notifications.add('test.newer', {}, { ...jobOptions(testJobs['test.count']), jobId, timestamp });
    return jobId;
  };
  const young = await handOver(Date.now());
  await until(async () => (await queues.notifications.getJobState(young)) === 'delayed');
  expect([await letters(world), await outboxCount(world.db)]).toEqual([[], 1]);
  await handOver(Date.now() - 11 * 60_000);
  await until(async () => (await letters(world)).length === 1);
  expect(await letters(world)).toMatchObject([{ name: 'test.newer', failure: 'unknown' }]);
  expect(await queues.notifications.getJobState(young)).toBe('delayed');
  await worker.close();
  await close();
});

test.concurrent('a failing job is retried up to its attempts, then it is a dead letter that can be replayed', async ({
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
  await until(async () => (await letters(world)).length === 1);
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

test.concurrent('promise 10: personal data in an error does not reach Redis', async ({ world }) => {
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

test.concurrent('a refusal of the business is final on the first attempt', async ({ world }) => {
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
  await until(async () => attempts.length === 5 && (await outboxCount(world.db)) === 0);
  expect(attempts).toEqual([1, 1, 1, 1, 1]);
  expect(await letters(world)).toEqual([]);
  await worker.close();
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
  await until(() => others === 5);
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

test.concurrent('T65: a job that is handed over again after it was done runs again; its effect is idempotent, not its id', async ({
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

test.concurrent('T64: jobs that always fail do not block the others', async ({ world }) => {
  let done = 0;
  const worker = await startTestWorker(world, {
    'test.count': ({ number }) =>
      number % 2 === 0 ? Promise.resolve((done += 1)) : Promise.reject(new Error('poison')),
  });
  await stageNumbers(world.db, 'test.count', 1, 400);
  await until(() => done === 200);
  await worker.close();
});

test.concurrent('a job whose database is away is retried without using up an attempt', async ({ world }) => {
  const attempts: number[] = [];
  const worker = await startTestWorker(world, {
    'test.count': (_payload, { attempt }) => {
      attempts.push(attempt);
      const away = Object.assign(new Error('no connection'), { code: 'CONNECTION_CLOSED' });
      return attempts.length === 1 ? Promise.reject(away) : Promise.resolve();
    },
  });
  await stageNumbers(world.db, 'test.count', 1, 1);
  await until(() => attempts.length === 2);
  expect(attempts).toEqual([1, 1]);
  await worker.close();
});
