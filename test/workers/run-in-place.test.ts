import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import {
  expireLeases,
  openWorkDb,
  outboxCount,
  stageNumbers,
  startTestWorker,
} from '../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';

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

test('the common case is done in place; what is left or fails there is done by the queue', async () => {
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

test('no more are started than there are places, and the rest waits without a lease', async () => {
  let [running, most] = [0, 0];
  const ends: (() => void)[] = [];
  const worker = await startTestWorker(
    {
      db: open.db,
      queueUrl: redis.queueUrl,
      inPlace: {
        'test.count': async () => {
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
  await stageNumbers(open.db, 'test.count', 1, 1000);
  await until(() => running === 400);
  await worker.relay.round();
  const [leased] = await rowsOf<{ count: number }>(
    open.db,
    sql`select count(*)::int as count from outbox where relays > 0`,
  );
  expect(leased?.count).toBe(400);
  await until(async () => {
    for (const end of ends.splice(0)) end();
    return (await outboxCount(open.db)) === 0;
  });
  expect(most).toBe(400);
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
