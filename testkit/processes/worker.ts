import type { RedisClient } from '../../src/platform/redis-client.ts';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Db, type OpenDb, openDb, rowsOf } from '../../src/platform/database/db.ts';
import { type JobContract, job, queueNames } from '../../src/platform/jobs/job.ts';
import { createLog } from '../../src/platform/log.ts';
import { createClosers } from '../../src/platform/resilience/shutdown.ts';
import { type Queues, openProducerRedis, openQueues } from '../../workers/queues.ts';
import type { InPlaceActs } from '../../workers/running/run-in-place.ts';
import type { Handlers } from '../../workers/running/run-job.ts';
import { startWorker } from '../../workers/start-worker.ts';

/** The world of workers' tests: small job contracts, a small worker, and reads of the outbox. */

export const silentLog = createLog({ level: 'silent', process: 'test' });

const numbered = z.strictObject({ number: z.int() });
const contract = <Payload extends z.ZodType>(
  name: string,
  payload: Payload,
  queue: JobContract['queue'],
  attempts = 3,
) => job({ name, payload, queue, attempts, timeoutMs: 500 });

export const testJobs = {
  'test.count': contract('test.count', numbered, 'notifications'),
  'test.several': { ...contract('test.several', numbered, 'notifications'), itemsMax: 8 },
  'test.other': contract('test.other', numbered, 'payments'),
  'test.tick': contract('test.tick', z.strictObject({}), 'maintenance', 1),
} as const;

export type TestJobs = typeof testJobs;

export function openWorkDb(url: string, poolSize = 4): OpenDb {
  return openDb({ url, name: 'work', poolSize, acquireTimeoutMs: 10_000, callTimeoutMs: 10_000, prepare: false });
}

/** A worker in this process. */
export async function startTestWorker(
  deps: {
    db: Db;
    queueUrl: string;
    jobsMax?: number;
    schedules?: Parameters<typeof startWorker>[0]['schedules'];
    /** Carries signals about staged jobs. */
    redis?: RedisClient;
    inPlace?: InPlaceActs<TestJobs>;
  },
  handlers: Partial<Handlers<TestJobs>>,
) {
  const closers = createClosers(silentLog);
  const nothing = () => Promise.resolve();
  const worker = await startWorker({
    config: {
      ENV: 'test',
      REDIS_QUEUE_URL: deps.queueUrl,
      WORKER_CONCURRENCY: 20,
      RELAY_JOBS_MAX: deps.jobsMax ?? 50_000,
    },
    db: deps.db,
    ...(deps.redis === undefined ? {} : { redis: deps.redis }),
    ...(deps.inPlace === undefined ? {} : { inPlace: deps.inPlace }),
    log: silentLog,
    closers,
    jobs: testJobs,
    handlers: {
      'test.count': nothing,
      'test.several': nothing,
      'test.other': nothing,
      'test.tick': nothing,
      ...handlers,
    },
    schedules: deps.schedules ?? [],
  });
  return { ...worker, close: () => closers.close() };
}

export async function openTestQueues(
  queueUrl: string,
): Promise<{ redis: RedisClient; queues: Queues; close(): Promise<void> }> {
  const redis = openProducerRedis(queueUrl, silentLog);
  await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
  const queues = openQueues(redis);
  return {
    redis,
    queues,
    close: async () => {
      await Promise.all(queueNames.map((name) => queues[name].close()));
      redis.disconnect();
    },
  };
}

export async function stageNumbers(db: Db, name: string, from: number, to: number): Promise<void> {
  await db.execute(sql`
    insert into outbox (name, payload)
    select ${name}, jsonb_build_object('number', n) from generate_series(${from}::int, ${to}::int) n`);
}

export async function outboxCount(db: Db): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(db, sql`select count(*)::int as count from outbox`);
  return row?.count ?? 0;
}

/** Ends every lease. */
export async function expireLeases(db: Db): Promise<void> {
  await db.execute(sql`update outbox set available_at = now() - interval '1 second'`);
}
