import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobs } from '../../src/jobs.ts';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { type JobContract, queueNames } from '../../src/platform/jobs/job.ts';
import { type QueueName, type Queues, queueShares, waitingMax } from '../../workers/queues.ts';
import { createRelay } from '../../workers/relay/relay.ts';
import type { JobMap } from '../../workers/running/run-job.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { openTestQueues, openWorkDb, outboxCount, silentLog } from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';
import { lenient, startRushWorker } from './support/rush-worker.ts';

/**
 * Guards that in a rush no job waits behind jobs that matter less: 2,400 orders placed at once, and then people who have
 * paid. Each test has a control that shows the starvation.
 */

const rush = 2400;
const eventOf = (key: string) => `evt_${key.padStart(8, '0')}`;
const rushing = eventOf('1');
const other = eventOf('2');

let database: TestDatabase;
let redis: TestRedis;
let open: OpenDb;
let opened: Awaited<ReturnType<typeof openTestQueues>>;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  open = openWorkDb(database.url);
  opened = await openTestQueues(redis.queueUrl);
});
beforeEach(async () => {
  await open.db.execute(sql`delete from outbox`);
  await opened.redis.flushdb();
});
afterAll(async () => {
  await opened?.close();
  await open?.close();
  await redis?.close();
  await database?.close();
});

/** What a payload of each kind may hold beside the event; handlers of these tests look at nothing else. */
async function stageMany(name: keyof typeof jobs, eventId: string, count: number): Promise<void> {
  await open.db.execute(sql`
    insert into outbox (name, payload)
    select ${name}, jsonb_build_object('eventId', ${eventId}::text, 'number', n) from generate_series(1, ${count}::int) n`);
}

const relayOf = (map: JobMap, jobsMax: number) =>
  createRelay({ db: open.db, queues: opened.queues, redis: opened.redis, jobs: map, log: silentLog, jobsMax });

/** Every kind in the queue of new payments, as if there were no others. */
const inOneQueue = Object.fromEntries(
  Object.entries<JobContract>(jobs).map(([name, contract]) => [name, { ...contract, queue: 'payments' as const }]),
);

async function handedOver(name: string, eventId?: string): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    open.db,
    sql`
      select count(*)::int as count from outbox
      where name = ${name} and relays > 0 and (${eventId ?? null}::text is null or event_id = ${eventId ?? null})`,
  );
  return row?.count ?? 0;
}

async function heldIn(queues: Queues, queue: QueueName): Promise<number> {
  const counts = await queues[queue].getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** As workers do it: the first jobs in line are done, and their rows go. */
async function finishFirst(queues: Queues, queue: QueueName, count: number): Promise<void> {
  for (const job of await queues[queue].getJobs(['waiting'], 0, count - 1, true)) {
    await job.remove();
    await open.db.execute(sql`delete from outbox where id = ${(job.id ?? '').replace('outbox-', '')}::bigint`);
  }
}

/**
 * The relay as it was: kinds of one queue take its room in the order of declaration, at most 250 each in a round.
 */
async function roundInOrderOfDeclaration(map: JobMap, jobsMax: number): Promise<void> {
  let room = Math.floor(jobsMax * queueShares.payments) - (await heldIn(opened.queues, 'payments'));
  for (const { name } of Object.values(map)) {
    const own = Math.min(250, room);
    if (own <= 0) return;
    room -= own;
    const leased = await rowsOf<{ id: string }>(
      open.db,
      sql`
        update outbox set relays = relays + 1, available_at = now() + interval '30 seconds'
        where id in (select id from outbox where name = ${name} and available_at <= now() order by available_at, id limit ${own})
        returning id::text`,
    );
    await opened.queues.payments.addBulk(leased.map(({ id }) => ({ name, data: {}, opts: { jobId: `outbox-${id}` } })));
  }
}

const urgent = [
  'payment.apply_callback',
  'order.paid',
  'delivery.send_tickets',
  'deliveries.send_tickets',
  'order.closing',
  'payment.send_refund',
] as const;
const jobsMax = 4000;

describe('room', () => {
  test('an important job is handed over at once, although new payments have filled their queue', async () => {
    const relay = relayOf(jobs, jobsMax);
    await stageMany('order.placed', rushing, rush);
    for (let round = 0; round < 8; round += 1) await relay.round();
    const full = Math.floor(jobsMax * queueShares.payments);
    expect(await heldIn(opened.queues, 'payments')).toBe(full);
    for (const name of urgent) await stageMany(name, rushing, 40);
    await relay.round();
    for (const name of urgent) expect(await handedOver(name), name).toBe(40);
    expect(await handedOver('order.placed')).toBe(full);
  });

  test('control: in one queue in order of declaration, new payments take every free place', async () => {
    await stageMany('order.placed', rushing, rush);
    for (let round = 0; round < 8; round += 1) await roundInOrderOfDeclaration(inOneQueue, jobsMax);
    for (const name of urgent) await stageMany(name, rushing, 40);
    for (let round = 0; round < 5; round += 1) {
      await finishFirst(opened.queues, 'payments', 50);
      await roundInOrderOfDeclaration(inOneQueue, jobsMax);
    }
    for (const name of urgent) expect(await handedOver(name), name).toBe(0);
  });

  test('kinds and events of one queue share free slots, however long the backlog of one is', async () => {
    const relay = relayOf(jobs, jobsMax);
    await stageMany('order.placed', rushing, rush);
    for (let round = 0; round < 8; round += 1) await relay.round();
    await stageMany('order.placed', other, 30);
    await stageMany('payment.create_attempt', rushing, 30);
    await stageMany('payment.replace_attempt', rushing, 30);
    await finishFirst(opened.queues, 'payments', 60);
    await relay.round();
    expect(await handedOver('payment.create_attempt')).toBe(20);
    expect(await handedOver('payment.replace_attempt')).toBe(20);
    expect(await handedOver('order.placed', other)).toBe(10);
  });

  test('one place at a time rotates, so that nothing waits for ever', async () => {
    const relay = relayOf(jobs, jobsMax);
    await stageMany('order.placed', rushing, rush);
    for (let round = 0; round < 8; round += 1) await relay.round();
    await stageMany('order.placed', other, 1);
    await stageMany('payment.create_attempt', rushing, 1);
    for (let round = 0; round < 4; round += 1) {
      await finishFirst(opened.queues, 'payments', 1);
      await relay.round();
    }
    expect(await handedOver('payment.create_attempt')).toBe(1);
    expect(await handedOver('order.placed', other)).toBe(1);
  });

  test('jobs that are handed over again while they still wait take no room from new ones', async () => {
    const relay = relayOf(jobs, jobsMax);
    await stageMany('order.placed', rushing, rush);
    for (let round = 0; round < 8; round += 1) await relay.round();
    await open.db.execute(sql`update outbox set available_at = now() - interval '1 minute' where relays > 0`);
    await stageMany('order.placed', other, 20);
    await finishFirst(opened.queues, 'payments', 40);
    await relay.round();
    expect(await handedOver('order.placed', other)).toBe(20);
  });

  test('Redis holds at most jobsMax jobs, and few of them wait in a queue', async () => {
    const relay = relayOf(jobs, 20_000);
    expect(Object.values(queueShares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    for (const name of ['order.placed', 'payment.apply_callback', 'delivery.send'] as const) {
      await stageMany(name, rushing, rush);
    }
    for (let round = 0; round < 12; round += 1) await relay.round();
    for (const queue of queueNames) {
      expect(await opened.queues[queue].getWaitingCount()).toBeLessThanOrEqual(waitingMax);
    }
    expect(await opened.queues.payments.getWaitingCount()).toBe(waitingMax);
  });
});

describe('slots of a worker', () => {
  /** The same work. Returns how much of the rush was done when the last paid order was done. */
  async function placedBeforePaid(map: JobMap): Promise<number> {
    const done = new Map<string, number>();
    const act = (name: string) => async () => {
      if (name === 'order.placed') await pause(40);
      done.set(name, (done.get(name) ?? 0) + 1);
    };
    await stageMany('order.placed', rushing, rush);
    const close = await startRushWorker({ db: open.db, queueUrl: redis.queueUrl, concurrency: 20 }, map, act);
    await until(() => (done.get('order.placed') ?? 0) > 100);
    for (const name of urgent) await stageMany(name, rushing, 20);
    await until(() => urgent.every((name) => done.get(name) === 20), 60_000);
    const placed = done.get('order.placed') ?? 0;
    await open.db.execute(sql`delete from outbox`);
    await close();
    return placed;
  }

  test('paid orders are served while most of the rush still waits; in one queue they wait for the rush', async () => {
    const apart = await placedBeforePaid(lenient(jobs));
    await opened.redis.flushdb();
    const together = await placedBeforePaid(lenient(inOneQueue));
    expect(apart).toBeLessThan(rush / 2);
    expect(together, 'the control must show the fault').toBeGreaterThan(apart + 300);
    expect(await outboxCount(open.db)).toBe(0);
  });
});

describe('tickets of an event beside the rush of another', () => {
  /**
   * From the callback to the mail: 2,400 callbacks of one event, and then a few of another.
   * @param isNamed whether jobs name their event; if they do not, all share one room
   * @returns mails of the rush that were sent before the last one of the other event
   */
  async function mailsBefore(isNamed: boolean): Promise<number> {
    const mailed: Record<string, number> = {};
    const stageFor = (name: keyof typeof jobs, of: string, count: number) =>
      open.db.execute(sql`
        insert into outbox (name, payload)
        select ${name}, jsonb_build_object('of', ${of}::text, case when ${isNamed} then 'eventId' else 'not' end, ${of}::text)
        from generate_series(1, ${count}::int)`);
    const act =
      (name: string) =>
      async ({ of }: { readonly of: string }) => {
        if (name === 'payment.apply_callback') return stageFor('delivery.send_tickets', of, 1);
        await pause(30);
        mailed[of] = (mailed[of] ?? 0) + 1;
        return true;
      };
    await stageFor('payment.apply_callback', rushing, rush);
    const tried = ['payment.apply_callback', 'delivery.send_tickets'];
    const world = { db: open.db, queueUrl: redis.queueUrl, concurrency: 4, tried };
    const close = await startRushWorker(world, lenient(jobs), act);
    await until(() => (mailed[rushing] ?? 0) > 100);
    await stageFor('payment.apply_callback', other, 20);
    await until(() => mailed[other] === 20, 60_000);
    const sent = mailed[rushing] ?? 0;
    await close();
    await open.db.execute(sql`delete from outbox`);
    return sent;
  }

  test('are sent while most of the rush still waits; in one room they wait for the rush', async () => {
    const apart = await mailsBefore(true);
    await opened.redis.flushdb();
    const together = await mailsBefore(false);
    expect(apart).toBeLessThan(rush / 2);
    expect(together, 'the control must show the fault').toBeGreaterThan(apart + 300);
  });
});
