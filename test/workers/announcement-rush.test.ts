import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobs } from '../../src/jobs.ts';
import type { OpenDb } from '../../src/platform/database/db.ts';
import type { JobContract } from '../../src/platform/jobs/job.ts';
import { createClosers } from '../../src/platform/resilience/shutdown.ts';
import type { Handlers, JobMap } from '../../workers/running/run-job.ts';
import { startWorker } from '../../workers/start-worker.ts';
import { openWorkDb, silentLog } from '../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';

/**
 * Guards that codes, refunds and tickets are sent at once while thousands of messages go out: those of an announcement, and
 * reminders of the unpaid orders of a rush.
 */

const floods = ['delivery.send_announcement', 'delivery.send_reminder'] as const;
const floodCount = 2000;
const urgent = ['delivery.send', 'delivery.send_tickets'] as const;
const urgentCount = 20;
const sendMs = 30;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

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

const stageMany = (name: keyof typeof jobs, eventId: string, count: number) =>
  open.db.execute(sql`
    insert into outbox (name, payload)
    select ${name}, jsonb_build_object('eventId', ${eventId}::text, 'number', n) from generate_series(1, ${count}::int) n`);

/** The contracts of messages, with payloads as these tests stage them. */
function contracts(queueOf: (contract: JobContract) => JobContract['queue']): JobMap {
  const all = Object.entries<JobContract>(jobs).map(([name, contract]) => [
    name,
    { ...contract, payload: z.unknown(), queue: queueOf(contract) },
  ]);
  return Object.fromEntries(all) as JobMap;
}

/** How many messages of the floods were sent between the moment when urgent ones were staged and the moment when the last of these was sent. */
async function sentMeanwhile(map: JobMap): Promise<number> {
  const sent = new Map<string, number>();
  const count = (name: string) => sent.get(name) ?? 0;
  const handlers = Object.fromEntries(
    Object.keys(map).map((name) => [
      name,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, sendMs));
        sent.set(name, count(name) + 1);
      },
    ]),
  ) as unknown as Handlers<JobMap>;
  const closers = createClosers(silentLog);
  const floodsSent = () => floods.map(count);
  for (const name of floods) await stageMany(name, 'evt_00000001', floodCount);
  await startWorker({
    config: { ENV: 'test', REDIS_QUEUE_URL: redis.queueUrl, WORKER_CONCURRENCY: 20, RELAY_JOBS_MAX: 50_000 },
    db: open.db,
    log: silentLog,
    closers,
    jobs: map,
    handlers,
    schedules: [],
  });
  await until(() => floodsSent().every((sent) => sent > 30));
  const before = sum(floodsSent());
  for (const name of urgent) await stageMany(name, 'evt_00000002', urgentCount);
  await until(() => urgent.every((name) => count(name) === urgentCount), 60_000);
  const meanwhile = sum(floodsSent()) - before;
  await open.db.execute(sql`delete from outbox`);
  await closers.close();
  return meanwhile;
}

test('messages that somebody waits for go out beside floods of others; in one queue they wait behind them', {
  timeout: 120_000,
}, async () => {
  const apart = await sentMeanwhile(contracts(({ queue }) => queue));
  const together = await sentMeanwhile(
    contracts(({ queue }) => (['announcements', 'reminders', 'tickets'].includes(queue) ? 'notifications' : queue)),
  );
  expect(together, 'the control must show the fault').toBeGreaterThan(apart * 2 + 50);
});
