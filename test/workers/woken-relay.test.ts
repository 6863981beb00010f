import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertVerifications } from '../../src/access/buyers/verification-lanes.ts';
import { staffPasswordReset } from '../../src/access/jobs.ts';
import { jobs } from '../../src/jobs.ts';
import { queueVerificationDelivery } from '../../src/notifications/deliveries/queue-queries.ts';
import { type Db, type OpenDb, transaction } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { replayDeadLettersOf } from '../../src/platform/jobs/dead-letters.ts';
import { stage } from '../../src/platform/jobs/outbox.ts';
import { signalStaged } from '../../src/platform/jobs/staged-signal.ts';
import { hearStaged, tellStaged } from '../../src/platform/jobs/tell-staged.ts';
import type { RedisClient } from '../../src/platform/redis-client.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { createClosers } from '../../src/platform/resilience/shutdown.ts';
import type { JobMap } from '../../workers/running/run-job.ts';
import { startWorker } from '../../workers/start-worker.ts';
import { openWorkDb, silentLog } from '../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type OwnRedis, startOwnRedis } from '../../testkit/services/own-redis.ts';
import { until } from '../../testkit/until.ts';

/**
 * Guards that a relay at rest looks at once when jobs are staged, whoever stages them, and costs next to nothing meanwhile. That
 * each act tells its commit is checked by `test/tidy.test.ts`.
 */

/** From the commit of an act to the begin of its job, at rest: the promise of a quiet system. */
const atRestMs = 50;
/** After this time without work a relay that nobody wakes makes pauses of a quarter of a second. */
const restMs = 450;
const triesOfKind = 5;
/** Another process of a busy machine may spoil a series of tries. */
const seriesMax = 4;

let database: TestDatabase;
/** Its own server: signals go to all who listen on one, whatever their database there. */
let redis: OwnRedis;
let open: OpenDb;
let cache: RedisClient;
const closers = createClosers(silentLog);
const begun = new EventEmitter();
const codes: string[] = [];

const newCode = () => ({
  id: newId('ver', new Date()),
  channel: 'email' as const,
  accountKey: newId('ver', new Date()),
  targetSealed: 'sealed',
  locale: 'id' as const,
  organizerId: null,
  eventId: null,
});

/** One act for each way in which a job is staged, by the name of the job. */
const acts: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  // Several jobs in a transaction.
  'buyer.verification_requested': (db) => insertVerifications(db, [newCode()]),
  // One job in a transaction.
  'staff.password_reset': (db) =>
    transaction(db, (tx) => stage(tx, staffPasswordReset, { tokenId: newId('tok', new Date()) })),
  // By a SQL function.
  'delivery.send': (db) =>
    queueVerificationDelivery(db, {
      verificationId: codes.pop() ?? '',
      deliveryId: newId('dlv', new Date()),
    }),
  // By a statement of its own.
  'staff.invited': async (db) => {
    await db.execute(sql`
      insert into dead_letters (outbox_id, name, payload, failure, staged_at)
      values (1, 'staff.invited', jsonb_build_object('tokenId', ${newId('tok', new Date())}::text), 'test', now())`);
    await replayDeadLettersOf(db, 'staff.invited');
  },
};

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startOwnRedis()]);
  open = openWorkDb(database.url);
  cache = openCacheRedis(`${redis.url}/0`, silentLog);
  const made = Array.from({ length: triesOfKind * (seriesMax + 1) }, newCode);
  await insertVerifications(open.db, made);
  codes.push(...made.map(({ id }) => id));
  await open.db.execute(sql`delete from outbox`);
  const handler = (name: string) => () => Promise.resolve(begun.emit(name));
  await startWorker<JobMap>({
    config: { ENV: 'test', REDIS_QUEUE_URL: `${redis.url}/1`, WORKER_CONCURRENCY: 20, RELAY_JOBS_MAX: 50_000 },
    db: open.db,
    redis: cache,
    log: silentLog,
    closers,
    jobs,
    handlers: Object.fromEntries(Object.keys(jobs).map((name) => [name, handler(name)])),
    schedules: [],
  });
});
afterAll(async () => {
  await closers.close();
  cache?.disconnect();
  await open?.close();
  await redis?.close();
  await database?.close();
});

/** How long each kind of job waited for its begin, the relay being at rest before each. */
async function waitsOf(tries: number): Promise<Map<string, number[]>> {
  const waits = new Map(Object.keys(acts).map((name) => [name, [] as number[]]));
  for (let round = 0; round < tries; round += 1) {
    for (const [name, act] of Object.entries(acts)) {
      await pause(restMs);
      const beginning = once(begun, name).then(() => performance.now());
      await act(open.db);
      const committedAt = performance.now();
      waits.get(name)?.push((await beginning) - committedAt);
    }
  }
  return waits;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, two) => one - two)[Math.floor(numbers.length / 2)] ?? Number.NaN;

test('a job begins within 50 ms of its commit, whoever staged it; without the signal it waits for the poll', async () => {
  const silent = await waitsOf(1);
  expect(median([...silent.values()].flat()), 'the control must show the wait').toBeGreaterThan(atRestMs);
  const stop = signalStaged(cache);
  const series: Map<string, number[]>[] = [];
  /** Of the best series. */
  const medianOf = (name: string) => Math.min(...series.map((waits) => median(waits.get(name) ?? [])));
  const slow = () => Object.keys(acts).filter((name) => !(medianOf(name) < atRestMs));
  do series.push(await waitsOf(triesOfKind));
  while (series.length < seriesMax && slow().length > 0);
  stop();
  expect(slow(), JSON.stringify(series.map((waits) => [...waits]))).toEqual([]);
});

test('a relay at rest asks Postgres each question at most once a second', async () => {
  const owner = postgres(database.directUrl, { max: 1, onnotice: () => {} });
  // Its pauses grow to a second in this time.
  await pause(2500);
  await owner`select pg_stat_statements_reset(0::oid, (select oid from pg_database where datname = current_database()), 0)`;
  const began = performance.now();
  await pause(3000);
  const questions = await owner<{ calls: number; query: string }[]>`
    select s.calls::int as calls, s.query from pg_stat_statements s
    where s.dbid = (select oid from pg_database where datname = current_database()) and s.query not like '%pg_stat_statements%'`;
  const seconds = (performance.now() - began) / 1000;
  await owner.end();
  expect(questions.length).toBeGreaterThan(0);
  expect(questions.filter(({ calls }) => calls > Math.ceil(seconds))).toEqual([]);
});

test('a commit is told after it, and a transaction that fails is not', async () => {
  let heard = 0;
  const stop = hearStaged(() => {
    heard += 1;
  });
  const stageOne = async (tx: Db) => {
    await stage(tx, staffPasswordReset, { tokenId: newId('tok', new Date()) });
    return heard;
  };
  await expect(
    transaction(open.db, async (tx) => {
      await stageOne(tx);
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');
  expect(heard).toBe(0);
  expect(await transaction(open.db, stageOne), 'before the commit').toBe(0);
  expect(heard).toBe(1);
  stop();
});

test('many commits send few signals, and the last one is never left out', async () => {
  const listening = openCacheRedis(`${redis.url}/0`, silentLog);
  await until(() => cache.status === 'ready' && listening.status === 'ready');
  let signals = 0;
  await listening.subscribe('antre:jobs:staged');
  listening.on('message', () => {
    signals += 1;
  });
  const stop = signalStaged(cache);
  for (let commits = 0; commits < 1000; commits += 1) tellStaged(open.db);
  await until(() => signals >= 2);
  await pause(100);
  expect(signals).toBe(2);
  stop();
  listening.disconnect();
});
