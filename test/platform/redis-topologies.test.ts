import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOneRedis, openCacheRedis } from '../../src/platform/redis.ts';
import { createEvent, someBuyer } from '../../testkit/factories.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';
import { expireLeases, outboxCount, silentLog, stageNumbers, startTestWorker } from '../../testkit/processes/worker.ts';
import { watchCommands } from '../../testkit/services/redis-monitor.ts';
import { type RedisTopology, startRedisCluster, startRedisSentinels } from '../../testkit/services/redis-topologies.ts';
import { until } from '../../testkit/until.ts';
import { queuePrefix, stalledWithinMs } from '../../workers/queues.ts';

/**
 * Both roles on a real cluster of six nodes, and behind real sentinels: the service works, and continues when a master
 * dies.
 */

/** Slow enough that jobs lie in Redis when its master dies. */
const workMs = 20;
const testWithinMs = 120_000;
const doneWithinMs = 25_000;
const betweenOrdersMs = 20;
const topologies = [
  ['a cluster of six nodes', startRedisCluster],
  ['a master behind three sentinels', startRedisSentinels],
] as const;

describe.each(topologies)('%s', (name, start) => {
  let redis: RedisTopology;
  let running: TestService;
  let slug: string;
  let categoryId: string;

  beforeAll(async () => {
    redis = await start();
    running = await startTestService({ REDIS_CACHE_URL: redis.url, REDIS_QUEUE_URL: redis.url });
    await running.service.db.execute('delete from outbox');
    const event = await createEvent(running.service.db, { categories: [{ capacity: 1000, price: 0 }] });
    [slug, categoryId] = [event.slug, event.categories[0]?.id ?? ''];
  }, testWithinMs);
  afterAll(async () => {
    await running?.close();
    await redis?.close();
  });

  const placeOrder = () =>
    running.fetch('/v1/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({
        eventSlug: slug,
        buyer: someBuyer(),
        lines: [{ ticketCategoryId: categoryId, quantity: 1 }],
      }),
    });

  /** A worker of numbered jobs, and the numbers that it has done. */
  async function countingWorker() {
    const done = new Set<number>();
    const { db } = running.service;
    const worker = await startTestWorker(
      { db, queueUrl: redis.url },
      {
        'test.count': async ({ number }) => {
          await pause(workMs);
          done.add(number);
        },
      },
    );
    return { done, worker };
  }

  test('is recognised by the identity of its servers', async () => {
    expect(await isOneRedis(redis.url, redis.url)).toBe(true);
  });

  test(
    'carries reads, orders and jobs, and each command names keys of one slot',
    async () => {
      const { db } = running.service;
      const watched = await commandsOf(redis.servers);
      const { done, worker } = await countingWorker();
      try {
        for (const path of ['', '/schedule', '/ticket-categories', '/availability'])
          expect((await running.fetch(`/v1/events/${slug}${path}`)).status).toBe(200);
        expect((await placeOrder()).status).toBe(201);
        await db.execute('delete from outbox');
        await stageNumbers(db, 'test.count', 1, 50);
        await until(() => done.size === 50, doneWithinMs);
        await until(async () => (await outboxCount(db)) === 0, doneWithinMs);
        const isSeen = (name: string) => watched.commands().some(([seen = '']) => seen.toLowerCase() === name);
        for (const expected of ['eval', 'evalsha', 'xadd']) await until(() => isSeen(expected), doneWithinMs);
      } finally {
        await worker.close();
        watched.end();
      }
      const found = await slotsOf(redis.servers[0], watched.commands());
      expect(found.filter(({ slots }) => slots.length > 1)).toEqual([]);
      expect(found.length).toBeGreaterThan(10);
      // The control: a command that would be refused is seen as such.
      if (name.includes('cluster')) {
        const [split] = await slotsOf(redis.servers[0], [['mget', 'one', 'other']]);
        expect(split?.slots.length).toBe(2);
      }
    },
    testWithinMs,
  );

  test(
    'goes on when a master dies: every order is accepted, and every job is done',
    async () => {
      const { db } = running.service;
      const { done, worker } = await countingWorker();
      const cache = openCacheRedis(redis.url, silentLog);
      try {
        // A busy machine may answer the first command too late, and the client then connects again.
        await until(() => cache.status === 'ready', doneWithinMs);
        await db.execute('delete from outbox');
        await stageNumbers(db, 'test.count', 1, 200);
        await until(() => done.size > 20, doneWithinMs);
        const statuses = new Set<number>();
        let isOver = false;
        const placing = async () => {
          // With a pause: a sold-out event is refused from memory without yielding to the event loop, and nothing else would run.
          for (; !isOver; await pause(betweenOrdersMs)) statuses.add((await placeOrder()).status);
        };
        const failing = redis.failOver(queuePrefix.replaceAll(/[{}]/g, '')).finally(() => {
          isOver = true;
        });
        await Promise.all([failing, placing()]);
        await db.execute(`delete from outbox where name not like 'test.%'`);
        await stageNumbers(db, 'test.count', 201, 400);
        // Jobs that the dead master had not replicated return when their lease ends. Jobs that were done there but still running on
        // its replica stall.
        await expireLeases(db);
        await until(() => done.size === 400, stalledWithinMs + doneWithinMs);
        await until(async () => (await outboxCount(db)) === 0, doneWithinMs);
        expect([...statuses]).toEqual([201]);
        // The request's client, which fails fast, finds the new master by itself.
        await until(async () => (await cache.set(queuePrefix, '').catch(() => '')) === 'OK', doneWithinMs);
        expect((await placeOrder()).status).toBe(201);
      } finally {
        cache.disconnect();
        await worker.close();
      }
    },
    testWithinMs,
  );
});

/** Every command that clients send to these servers; commands inside scripts belong to their EVAL. */
async function commandsOf(servers: readonly Redis[]) {
  const seen: string[][] = [];
  const watches = await Promise.all(
    servers.map((server) => watchCommands(server, ({ args, source }) => void (source !== 'lua' && seen.push(args)))),
  );
  return { commands: () => [...seen], end: () => watches.forEach((watch) => watch.end()) };
}

/** The hash slots of each different command, as the server computes them. */
async function slotsOf(server: Redis | undefined, commands: readonly string[][]) {
  const found: { command: string; slots: unknown[] }[] = [];
  const known = new Set<string>();
  for (const [name = '', ...args] of commands) {
    const keys = (await server?.call('COMMAND', 'GETKEYS', name, ...args).catch(() => [])) as string[];
    const shape = `${name} ${keys.join(' ')}`;
    if (keys.length === 0 || known.has(shape)) continue;
    known.add(shape);
    const slots = await Promise.all(keys.map((key) => keySlot(server, key)));
    found.push({ command: shape, slots: [...new Set(slots)] });
  }
  return found;
}

/** Servers without a cluster do not compute slots; all their keys are together. */
async function keySlot(server: Redis | undefined, key: string): Promise<unknown> {
  return server?.call('CLUSTER', 'KEYSLOT', key).catch(() => 0);
}
