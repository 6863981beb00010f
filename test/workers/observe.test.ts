import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenDb } from '../../src/platform/database/db.ts';
import { registry } from '../../src/platform/metrics.ts';
import { queueRedisFault } from '../../src/platform/redis.ts';
import { createObserver, silentAfterMs } from '../../workers/watching/observe.ts';
import { backoffMs } from '../../workers/queues.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { testStack } from '../../testkit/services/stack.ts';
import {
  openTestQueues,
  openWorkDb,
  silentLog,
  stageNumbers,
  startTestWorker,
} from '../../testkit/processes/worker.ts';

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

test('liveness fails only when jobs wait and none has ended for a minute', async () => {
  const queues = await openTestQueues(redis.queueUrl);
  let now = 0;
  const observer = createObserver({ db: open.db, queues: queues.queues, log: silentLog, now: () => now });
  await observer.look();
  now += 2 * silentAfterMs;
  expect(observer.silent()).toEqual([]);
  await queues.queues.notifications.add('test.count', { number: 1 });
  await observer.look();
  expect(observer.silent()).toEqual([]);
  now += silentAfterMs + 1;
  expect(observer.silent()).toEqual(['notifications']);
  observer.ended('notifications');
  expect(observer.silent()).toEqual([]);
  now += silentAfterMs + 1;
  expect(observer.silent()).toEqual(['notifications']);
  queues.redis.disconnect();
  await observer.look();
  expect(observer.silent(), 'while Redis is away nothing is known').toEqual([]);
});

test('depth and age of queues and outbox are measured', async () => {
  const queues = await openTestQueues(redis.queueUrl);
  await queues.redis.flushdb();
  await queues.queues.payments.add('test.other', { number: 1 }, { timestamp: Date.now() - 5000 });
  await queues.queues.payments.add('test.other', { number: 2 });
  await stageNumbers(open.db, 'test.count', 1, 7);
  await open.db.execute(sql`update outbox set available_at = now() - interval '9 seconds'`);
  await createObserver({ db: open.db, queues: queues.queues, log: silentLog }).look();
  const text = await registry.metrics();
  expect(text).toContain('antre_queue_jobs{queue="payments",state="waiting"} 2');
  expect(Number(/antre_queue_oldest_seconds\{queue="payments"\} ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(4.5);
  expect(text).toContain('antre_outbox_due_jobs 7');
  expect(Number(/antre_outbox_oldest_seconds ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(8.5);
  await queues.close();
});

test('a job that was tried and waits again does not count as old, nor does one that was made before it is due', async () => {
  const queues = await openTestQueues(redis.queueUrl);
  await queues.redis.flushdb();
  const { notifications } = queues.queues;
  const hour = 3_600_000;
  const [tried, scheduled] = await Promise.all([
    notifications.add('test.other', { number: 1 }, { timestamp: Date.now() - hour }),
    notifications.add('test.other', { number: 2 }, { timestamp: Date.now() - hour, delay: hour }),
  ]);
  await queues.redis.hset(notifications.toKey(tried.id ?? ''), 'processedOn', Date.now() - hour);
  await notifications.getJob(scheduled.id ?? '').then((job) => job?.promote());
  const observer = createObserver({ db: open.db, queues: queues.queues, log: silentLog });
  const age = async () => {
    await observer.look();
    return Number(/antre_queue_oldest_seconds\{queue="notifications"\} ([\d.]+)/.exec(await registry.metrics())?.[1]);
  };
  expect(await age()).toBeLessThan(5);
  await notifications.add('test.other', { number: 3 }, { timestamp: Date.now() - 7000 });
  expect(await age()).toBeGreaterThan(6.5);
  await queues.close();
});

test('T58: a worker does not start on a Redis that may evict', async () => {
  const stack = testStack();
  await expect(startTestWorker({ db: open.db, queueUrl: stack.redisCacheUrl }, {})).rejects.toThrow(/maxmemory-policy/);
  const queues = await openTestQueues(redis.queueUrl);
  expect(await queueRedisFault(queues.redis, false)).toBeUndefined();
  await queues.close();
});

test('pauses between attempts double up to ten minutes, half of each random', () => {
  expect([1, 2, 3].map((attempt) => backoffMs(attempt, 1))).toEqual([1000, 2000, 4000]);
  expect(backoffMs(3, 0)).toBe(2000);
  expect(backoffMs(30, 1)).toBe(600_000);
});
