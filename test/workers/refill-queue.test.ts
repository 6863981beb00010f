import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { createRelay } from '../../workers/relay/relay.ts';
import { refillQueue } from '../../workers/relay/refill-queue.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { openTestQueues, openWorkDb, silentLog, stageNumbers, testJobs } from '../../testkit/processes/worker.ts';

/** Guards promise 7: a queue that was emptied is filled again at once, however long the leases had grown. */

let database: TestDatabase;
let redis: TestRedis;
let open: OpenDb;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  open = openWorkDb(database.url);
});
afterAll(async () => {
  await open?.close();
  await redis?.close();
  await database?.close();
});

const longLeases = () => open.db.execute(sql`update outbox set relays = 8, available_at = now() + interval '1 hour'`);

test('a flushed queue gets its jobs back in the next round, and a complete one is left alone', async () => {
  const queues = await openTestQueues(redis.queueUrl);
  const relay = createRelay({
    db: open.db,
    queues: queues.queues,
    redis: queues.redis,
    jobs: testJobs,
    log: silentLog,
    jobsMax: 1000,
  });
  await stageNumbers(open.db, 'test.count', 1, 20);
  expect(await relay.round()).toBe(20);
  await longLeases();
  expect(await relay.round()).toBe(0);

  await queues.redis.flushdb();
  // A database that is away in that moment leaves it to the next round.
  const away = openWorkDb(database.url);
  await away.close();
  await expect(refillQueue({ db: away.db, redis: queues.redis, log: silentLog })).rejects.toThrow();
  expect(await relay.round()).toBe(20);
  const [row] = await rowsOf<{ relays: number; seconds: number }>(
    open.db,
    sql`select max(relays)::int as relays, max(extract(epoch from available_at - now()))::float8 as seconds from outbox`,
  );
  expect(row?.relays).toBe(1);
  expect(row?.seconds).toBeLessThanOrEqual(30);
  expect(await relay.round()).toBe(0);
  await queues.close();
});
