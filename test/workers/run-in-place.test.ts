import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import {
  expireLeases,
  openWorkDb,
  outboxCount,
  stageNumbers,
  startTestWorker,
  testJobs,
} from '../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';
import { jobs } from '../../src/jobs.ts';
import { createInPlaceActs } from '../../workers/handlers.ts';
import { type QueueName, inPlaceMax } from '../../workers/queues.ts';

/** Guards the jobs that the relay's process runs itself: done without the queue, and never lost by it. */

let database: TestDatabase;
let redis: TestRedis;
let open: OpenDb;
beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  open = openWorkDb(database.url);
});
beforeEach(() => open.db.execute(sql`delete from outbox`));
afterAll(async () => {
  await open.close();
  await redis.close();
  await database.close();
});

type Numbered = { number: number };

test('the common case runs in place; a job that is left or fails there runs from the queue', async () => {
  const inPlace = new Set<number>();
  const queued = new Set<number>();
  const worker = await startTestWorker(
    {
      db: open.db,
      queueUrl: redis.queueUrl,
      inPlace: {
        'test.count': async ({ number }: Numbered) => {
          if (number % 10 === 0) throw new Error('the database went away');
          if (number % 5 === 0) return false;
          inPlace.add(number);
          return true;
        },
      },
    },
    { 'test.count': ({ number }) => Promise.resolve(queued.add(number)) },
  );
  await stageNumbers(open.db, 'test.count', 1, 1000);
  await until(async () => (await outboxCount(open.db)) === 0);
  expect(inPlace.size).toBe(800);
  expect([...queued].toSorted((one, two) => one - two)).toEqual(
    Array.from({ length: 200 }, (_, place) => 5 * (place + 1)),
  );
  await worker.close();
});

// WORKER_CONCURRENCY of the test's worker is 20, for the queue of these jobs. One of them takes 8 slots.
test.each([
  ['test.count', 20],
  ['test.several', 3],
] as const)(
  'no more jobs (%s) start than there are slots, the rest waits without a lease, and a slot is free when its job ends',
  async (name, slots) => {
    let [running, most] = [0, 0];
    const ends: (() => void)[] = [];
    const worker = await startTestWorker(
      {
        db: open.db,
        queueUrl: redis.queueUrl,
        inPlace: {
          [name]: async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise<void>((resolve) => ends.push(resolve));
            running -= 1;
            return true;
          },
        },
      },
      {},
    );
    await stageNumbers(open.db, name, 1, 100);
    await until(() => running === slots);
    await worker.relay.round();
    const [leased] = await rowsOf<{ count: number }>(
      open.db,
      sql`select count(*)::int as count from outbox where relays > 0`,
    );
    expect(leased?.count).toBe(slots);
    ends.shift()?.();
    await until(() => ends.length === slots);
    await until(async () => {
      for (const end of ends.splice(0)) end();
      return (await outboxCount(open.db)) === 0;
    });
    expect(most).toBe(slots);
    await worker.close();
  },
);

test('a job that must wait goes to the queue with its pause, and a job that hangs is left to the queue after its deadline', async () => {
  const tries: { number: number; at: number }[] = [];
  const note = (number: number) => tries.push({ number, at: performance.now() });
  const worker = await startTestWorker(
    {
      db: open.db,
      queueUrl: redis.queueUrl,
      inPlace: {
        'test.count': async ({ number }: Numbered, { signal }: { signal: AbortSignal }) => {
          note(number);
          if (number === 1) throw new RetryLater(2, 'not now');
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          await new Promise(() => {});
          return true;
        },
      },
    },
    { 'test.count': ({ number }) => Promise.resolve(note(number)) },
  );
  await stageNumbers(open.db, 'test.count', 1, 2);
  await until(async () => (await outboxCount(open.db)) === 0);
  const timesOf = (wanted: number) => tries.filter(({ number }) => number === wanted).map(({ at }) => at);
  const [waited, hung] = [timesOf(1), timesOf(2)];
  expect([waited.length, hung.length]).toEqual([2, 2]);
  // Timers may ring a moment early.
  expect((waited[1] ?? 0) - (waited[0] ?? 0)).toBeGreaterThan(1950);
  expect((hung[1] ?? 0) - (hung[0] ?? 0)).toBeGreaterThan(testJobs['test.count'].timeoutMs);
  await worker.close();
});

test('a job whose process died in place comes back through the queue', async () => {
  await stageNumbers(open.db, 'test.count', 1, 1);
  await open.db.execute(sql`update outbox set relays = 1`);
  await expireLeases(open.db);
  const [inPlace, queued]: [number[], number[]] = [[], []];
  const worker = await startTestWorker(
    {
      db: open.db,
      queueUrl: redis.queueUrl,
      inPlace: { 'test.count': async ({ number }: Numbered) => inPlace.push(number) > 0 },
    },
    { 'test.count': ({ number }) => Promise.resolve(queued.push(number)) },
  );
  await until(async () => (await outboxCount(open.db)) === 0);
  expect([inPlace, queued]).toEqual([[], [1]]);
  await worker.close();
});

test('every kind of job that a rush brings for each of its orders, also for unpaid ones, is tried in place, since the way through the queue costs more', () => {
  const named = Object.keys(createInPlaceActs({} as never, {} as never));
  const brought = Object.values(jobs).filter(({ queue }) =>
    ['callbacks', 'tickets', 'closings', 'reminders', 'checks'].includes(queue),
  );
  expect(brought.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
});

test('tickets, new payments and reminders get the room that more important jobs leave, and never less than their own', () => {
  const beside = (running: Partial<Record<QueueName, number>>) =>
    (['tickets', 'payments', 'reminders'] as const).map((queue) =>
      inPlaceMax(queue, 20, (other) => running[other] ?? 0),
    );
  expect(beside({})).toEqual([160, 100, 40]);
  expect(beside({ callbacks: 20, tickets: 10 })).toEqual([140, 70, 10]);
  expect(beside({ callbacks: 400, tickets: 80, payments: 25 })).toEqual([80, 40, 3]);
  expect(beside({ payments: 25 })).toEqual([160, 100, 15]);
});
