import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { leaseStagedJobs } from '../../src/platform/jobs/outbox.ts';
import { listDeadLetters, replayDeadLettersOf } from '../../src/platform/jobs/dead-letters.ts';
import { queueShares } from '../../workers/queues.ts';
import { createRelay } from '../../workers/relay/relay.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import {
  expireLeases,
  openTestQueues,
  openWorkDb,
  outboxCount,
  silentLog,
  stageNumbers,
  startTestWorker,
  testJobs,
} from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';

let database: TestDatabase;
let redis: TestRedis;
let open: OpenDb;
let second: OpenDb;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  open = openWorkDb(database.url);
  second = openWorkDb(database.url);
});
beforeEach(async () => {
  await open.db.execute(sql`delete from outbox`);
  await open.db.execute(sql`delete from dead_letters`);
  const queues = await openTestQueues(redis.queueUrl);
  await queues.redis.flushdb();
  await queues.close();
});
afterAll(async () => {
  await Promise.all([open.close(), second.close()]);
  await redis.close();
  await database.close();
});

function relayOf(
  queues: Awaited<ReturnType<typeof openTestQueues>>,
  options: { jobsMax?: number; db?: OpenDb['db'] } = {},
) {
  return createRelay({
    db: options.db ?? open.db,
    queues: queues.queues,
    redis: queues.redis,
    jobs: testJobs,
    log: silentLog,
    jobsMax: options.jobsMax ?? 50_000,
    unknownGraceSeconds: 0,
  });
}

describe('promise 5 and equation E10: every staged job is done, exactly once in effect', () => {
  test('a worker runs what is staged, and the rows are deleted', async () => {
    const done = new Set<number>();
    const worker = await startTestWorker(
      { db: open.db, queueUrl: redis.queueUrl },
      { 'test.count': ({ number }) => Promise.resolve(done.add(number)) },
    );
    await stageNumbers(open.db, 'test.count', 1, 1500);
    await until(() => done.size === 1500);
    await until(async () => (await outboxCount(open.db)) === 0);
    await worker.close();
  });

  test('a lower id that commits later is not skipped; a relay that remembers its position would skip it', async () => {
    const direct = postgres(database.directUrl, { max: 2, onnotice: () => {} });
    const seen = new Set<string>();
    const byPosition = new Set<string>();
    let position = 0n;
    const rememberPosition = async () => {
      const rows = await rowsOf<{ id: string }>(
        open.db,
        sql`select id::text from outbox where id > ${position.toString()}::bigint order by id`,
      );
      for (const row of rows) {
        byPosition.add(row.id);
        position = BigInt(row.id);
      }
    };
    const late = await direct.reserve();
    await late`begin`;
    const [first] = await late<
      { id: string }[]
    >`insert into outbox (name, payload) values ('test.count', '{"number":1}') returning id::text`;
    await stageNumbers(open.db, 'test.count', 2, 50);
    for (const job of await leaseStagedJobs(open.db, [{ name: 'test.count', eventId: '-', room: 100 }]))
      seen.add(job.id);
    await rememberPosition();
    expect(seen.size).toBe(49);
    await late`commit`;
    late.release();
    for (const job of await leaseStagedJobs(open.db, [{ name: 'test.count', eventId: '-', room: 100 }]))
      seen.add(job.id);
    await rememberPosition();
    expect(seen).toContain(first?.id);
    expect(byPosition, 'the control must show the fault').not.toContain(first?.id);
    await direct.end();
  });

  test('a job that is rolled back never runs', async () => {
    await expect(
      open.db.transaction(async (tx) => {
        await tx.execute(sql`insert into outbox (name, payload) values ('test.count', '{"number":1}')`);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await leaseStagedJobs(open.db, [{ name: 'test.count', eventId: '-', room: 10 }])).toEqual([]);
  });

  test('two relays never lease the same job at once', async () => {
    await stageNumbers(open.db, 'test.count', 1, 400);
    const lane = [{ name: 'test.count', eventId: '-', room: 50 }];
    const batches = await Promise.all(
      Array.from({ length: 10 }, (_, index) => leaseStagedJobs(index % 2 === 0 ? open.db : second.db, lane)),
    );
    const ids = batches.flat().map((job) => job.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a crash between lease and hand-over only delays', async () => {
    await stageNumbers(open.db, 'test.count', 1, 20);
    expect(await leaseStagedJobs(open.db, [{ name: 'test.count', eventId: '-', room: 100 }])).toHaveLength(20);
    await expireLeases(open.db);
    const done: number[] = [];
    const worker = await startTestWorker(
      { db: open.db, queueUrl: redis.queueUrl },
      { 'test.count': ({ number }) => Promise.resolve(done.push(number)) },
    );
    await until(async () => (await outboxCount(open.db)) === 0);
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    await worker.close();
  });
});

describe('promise 7: nothing that matters lives only in Redis', () => {
  test('jobs that Redis lost are handed over again, and jobs that it has are not duplicated', async () => {
    const queues = await openTestQueues(redis.queueUrl);
    const relay = relayOf(queues);
    await stageNumbers(open.db, 'test.count', 1, 100);
    expect(await relay.round()).toBe(100);
    await expireLeases(open.db);
    expect(await relay.round()).toBe(100);
    expect(await queues.queues.notifications.getWaitingCount()).toBe(100);
    await queues.redis.flushdb();
    await expireLeases(open.db);
    await relay.round();
    expect(await queues.queues.notifications.getWaitingCount()).toBe(100);
    const done = new Set<number>();
    const worker = await startTestWorker(
      { db: open.db, queueUrl: redis.queueUrl },
      { 'test.count': ({ number }) => Promise.resolve(done.add(number)) },
    );
    await until(() => done.size === 100);
    await until(async () => (await outboxCount(open.db)) === 0);
    await worker.close();
    await queues.close();
  });

  test('the queue holds at most its share; the rest waits in Postgres, and other kinds go ahead', async () => {
    const queues = await openTestQueues(redis.queueUrl);
    const relay = relayOf(queues, { jobsMax: 100 });
    await stageNumbers(open.db, 'test.count', 1, 300);
    for (let round = 0; round < 5; round += 1) await relay.round();
    expect(await queues.queues.notifications.getWaitingCount()).toBe(Math.floor(100 * queueShares.notifications));
    await stageNumbers(open.db, 'test.other', 1, 5);
    expect(await relay.round()).toBe(5);
    expect(await outboxCount(open.db)).toBe(305);
    await queues.close();
  });

  test('while Redis is away nothing is leased', async () => {
    const queues = await openTestQueues(redis.queueUrl);
    await stageNumbers(open.db, 'test.count', 1, 5);
    queues.redis.disconnect();
    await until(() => queues.redis.status !== 'ready');
    expect(await relayOf(queues).round()).toBe(0);
    const [row] = await rowsOf<{ relays: number }>(open.db, sql`select max(relays)::int as relays from outbox`);
    expect(row?.relays).toBe(0);
  });

  test('jobs that the queue has no memory for are due again in a second, not when their lease ends', async () => {
    const queues = await openTestQueues(redis.queueUrl);
    await stageNumbers(open.db, 'test.count', 1, 5);
    const full = new Error("OOM command not allowed when used memory > 'maxmemory'.");
    vi.spyOn(queues.queues.notifications, 'addBulk').mockRejectedValueOnce(full);
    const relay = relayOf(queues);
    await expect(relay.round()).rejects.toThrow('OOM');
    const [row] = await rowsOf<{ seconds: number }>(
      open.db,
      sql`select max(extract(epoch from available_at - now()))::float8 as seconds from outbox`,
    );
    expect(row?.seconds).toBeLessThanOrEqual(1);
    await expireLeases(open.db);
    expect(await relay.round()).toBe(5);
    await queues.close();
  });

  test('the first fifty events are looked at again after those behind them', async () => {
    const queues = await openTestQueues(redis.queueUrl);
    const stageFor = (events: number) =>
      open.db.execute(sql`
        insert into outbox (name, payload)
        select 'test.count', jsonb_build_object('number', n, 'eventId', 'evt_' || lpad(n::text, 8, '0'))
        from generate_series(1, ${events}::int) n`);
    const relay = relayOf(queues);
    await stageFor(60);
    expect([await relay.round(), await relay.round()]).toEqual([50, 10]);
    await stageFor(1);
    expect(await relay.round()).toBe(1);
    await queues.close();
  });
});

describe('one bad row stops nothing', () => {
  test('a job of an unknown kind becomes a dead letter, and the others run', async () => {
    await open.db.execute(sql`insert into outbox (name, payload) values ('test.gone', '{}')`);
    await stageNumbers(open.db, 'test.count', 1, 3);
    const done: number[] = [];
    const queues = await openTestQueues(redis.queueUrl);
    const relay = relayOf(queues);
    relay.start();
    const worker = await startTestWorker(
      { db: open.db, queueUrl: redis.queueUrl },
      { 'test.count': ({ number }) => Promise.resolve(done.push(number)) },
    );
    await until(() => done.length === 3);
    await until(async () => (await listDeadLetters(open.db, { limit: 10 })).length === 1);
    expect((await listDeadLetters(open.db, { limit: 10 }))[0]).toMatchObject({
      name: 'test.gone',
      failure: 'unknown_job',
    });
    await relay.stop();
    // A release that knows the job gets it again, as it was.
    expect(await replayDeadLettersOf(open.db, 'test.gone')).toBe(1);
    expect(await rowsOf(open.db, sql`delete from outbox where name = 'test.gone' returning payload`)).toEqual([
      { payload: {} },
    ]);
    await worker.close();
    await queues.close();
  });

  test('a job of an unknown kind becomes a dead letter also if an earlier build gave it to a queue that lost it', async () => {
    await open.db.execute(sql`delete from dead_letters`);
    await open.db.execute(sql`
      insert into outbox (name, payload, relays, available_at) values ('test.earlier', '{}', 2, now() - interval '1 second')`);
    const queues = await openTestQueues(redis.queueUrl);
    const relay = relayOf(queues);
    relay.start();
    await until(async () => (await listDeadLetters(open.db, { limit: 10 })).length === 1);
    expect(await listDeadLetters(open.db, { limit: 10 })).toMatchObject([
      { name: 'test.earlier', failure: 'unknown_job' },
    ]);
    await relay.stop();
    await queues.close();
  });

  test('a job that never ends becomes a dead letter instead of repeating for ever', async () => {
    const queues = await openTestQueues(redis.queueUrl);
    await stageNumbers(open.db, 'test.count', 1, 1);
    await open.db.execute(sql`update outbox set relays = 12`);
    await relayOf(queues).round();
    expect(await outboxCount(open.db)).toBe(0);
    expect((await listDeadLetters(open.db, { limit: 10 }))[0]).toMatchObject({ failure: 'never_done' });
    await queues.close();
  });
});
