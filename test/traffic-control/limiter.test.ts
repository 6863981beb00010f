import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisClient } from '../../src/platform/redis-client.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/platform/log.ts';
import { createSenderRate } from '../../src/notifications/senders/sender-rate.ts';
import { createGatewayBudget } from '../../src/payments/index.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { LRUCache } from 'lru-cache';
import { type Limiter, createLimiter, deniedKeysMax } from '../../src/traffic-control/limits/limiter.ts';
import { policiesOf } from '../../src/traffic-control/limits/policies.ts';
import { type OwnRedis, startOwnRedis } from '../../testkit/services/own-redis.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';

const log = createLog({ level: 'silent', process: 'test' });
const config = {
  REQUESTS_PER_MINUTE_PER_NETWORK: 6000,
  ORDERS_PER_MINUTE_PER_NETWORK: 200,
  SIGN_INS_PER_MINUTE_PER_NETWORK: 30,
  VERIFICATIONS_PER_MINUTE_PER_NETWORK: 300,
  VERIFICATIONS_PER_MINUTE: 60_000,
};
const policies = policiesOf(config);
const open: RedisClient[] = [];

async function client(url: string): Promise<RedisClient> {
  const redis = openCacheRedis(url, log);
  open.push(redis);
  await new Promise((resolve) => redis.once('ready', resolve));
  return redis;
}

const limiterAt = async (url: string, processes: number): Promise<Limiter> =>
  createLimiter({ redis: await client(url), policies, processes });

/** One that waits for Redis however busy this machine is. */
async function patientLimiter(url: string, processes = 2): Promise<Limiter> {
  const redis = new Redis(url, { enableAutoPipelining: true });
  open.push(redis);
  await redis.ping();
  return createLimiter({ redis, policies, processes, redisDeadlineMs: 5000 });
}

async function allowed(limiter: Limiter, name: keyof typeof policies, key: string, times: number): Promise<number> {
  const verdicts = await Promise.all(Array.from({ length: times }, async () => limiter.consume(name, key)));
  return verdicts.filter((verdict) => verdict.allowed).length;
}

afterEach(() => {
  for (const redis of open.splice(0)) redis.disconnect();
});

describe('limits over several processes', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await createTestRedis();
  });
  afterAll(() => redis.close());

  it('never admit more than the limit, and fewer by at most 2 % and a share per process', async () => {
    const limiters = [
      await patientLimiter(redis.cacheUrl, 3),
      await patientLimiter(redis.cacheUrl, 3),
      await patientLimiter(redis.cacheUrl, 3),
    ];
    const key = randomUUID();
    const counts = await Promise.all(limiters.map((limiter) => allowed(limiter, 'network', key, 4000)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(total).toBeLessThanOrEqual(6000);
    expect(total).toBeGreaterThanOrEqual(6000 - 2 * 60 - 3 * 60);
  });

  it('are exact where a share is one point', async () => {
    const limiters = [await patientLimiter(redis.cacheUrl), await patientLimiter(redis.cacheUrl)];
    const key = randomUUID();
    let total = 0;
    for (let round = 0; round < 40; round += 1) {
      for (const limiter of limiters) total += await allowed(limiter, 'sign_in', key, 1);
    }
    expect(total).toBe(30);
  });

  it('count keys and policies apart, and return what is left and until when', async () => {
    const limiter = await patientLimiter(redis.cacheUrl);
    const [key, other] = [randomUUID(), randomUUID()];
    expect(await allowed(limiter, 'sign_in', key, 31)).toBe(30);
    expect((await limiter.consume('sign_in', other)).allowed).toBe(true);
    expect((await limiter.consume('orders', key)).allowed).toBe(true);
    const refused = await limiter.consume('sign_in', key);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.resetSeconds).toBeGreaterThan(50);
    expect(refused.resetSeconds).toBeLessThanOrEqual(60);
    const fresh = await limiter.consume('sign_in', randomUUID());
    expect(fresh).toMatchObject({ allowed: true, remaining: 29, resetSeconds: 60 });
  });

  it('refuse a denied key again without a call to Redis, and forgive it on request', async () => {
    const limiter = await patientLimiter(redis.cacheUrl);
    const key = randomUUID();
    await allowed(limiter, 'sign_in_account', key, 11);
    expect(limiter.consume('sign_in_account', key)).not.toBeInstanceOf(Promise);
    expect(limiter.denied('sign_in_account', key)?.allowed).toBe(false);
    await limiter.reset('sign_in_account', key);
    expect(limiter.denied('sign_in_account', key)).toBeUndefined();
    expect((await limiter.consume('sign_in_account', key)).remaining).toBe(9);
  });

  it('do not ask Redis for the first requests of a key, nor while the key spends a share', async () => {
    const limiter = await patientLimiter(redis.cacheUrl);
    const key = randomUUID();
    const withoutAsking = async (requests: number): Promise<void> => {
      for (let request = 0; request < requests; request += 1)
        expect(limiter.consume('network', key)).not.toBeInstanceOf(Promise);
      const asking = limiter.consume('network', key);
      expect(asking).toBeInstanceOf(Promise);
      expect((await asking).allowed).toBe(true);
    };
    await withoutAsking(30);
    await withoutAsking(59);
    await withoutAsking(59);
  });

  it('admit requests of a key without asking Redis once in a window, in any pattern', async () => {
    const limiter = await patientLimiter(redis.cacheUrl, 1);
    const key = randomUUID();
    expect(await allowed(limiter, 'orders', key, 1000)).toBeLessThanOrEqual(200);
    expect(limiter.denied('orders', key)?.allowed).toBe(false);
    expect(await allowed(limiter, 'orders', key, 100)).toBe(0);
  });
});

describe('without Redis', () => {
  let own: OwnRedis;
  beforeAll(async () => {
    own = await startOwnRedis();
  });
  afterAll(() => own.close());

  it('answers, and keeps its share of the limit, while Redis hangs', async () => {
    const limiter = await limiterAt(own.url, 2);
    await limiter.consume('sign_in', 'warm');
    own.freeze();
    try {
      expect(await allowed(limiter, 'sign_in', randomUUID(), 40)).toBe(15);
      expect((await limiter.consume('sign_in', 'another')).allowed).toBe(true);
    } finally {
      own.thaw();
    }
  });

  it('does not grant the whole limit again when Redis goes away', async () => {
    const limiter = await limiterAt(own.url, 2);
    const key = randomUUID();
    expect(await allowed(limiter, 'sign_in', key, 12)).toBe(12);
    own.freeze();
    try {
      expect(await allowed(limiter, 'sign_in', key, 20)).toBe(3);
    } finally {
      own.thaw();
    }
  });

  it('rates of gateways and senders wait for a silent Redis once, not in each call', async () => {
    const redis = await client(own.url);
    const [budget, senders] = [createGatewayBudget({ redis, createsPerSecond: 100 }), createSenderRate(redis)];
    const ask = async (times: number) => {
      const since = performance.now();
      for (let time = 0; time < times; time += 1) {
        expect(await budget.acquire('create', 'midtrans', `org_${time}`)).toBe(0);
        expect(await senders.take({ id: randomUUID(), messagesPerSecond: 20 })).toBe(0);
      }
      return performance.now() - since;
    };
    await ask(1);
    own.freeze();
    try {
      const control = performance.now();
      await expect(redis.ping()).rejects.toThrow('timed out');
      const oneAnswerMs = performance.now() - control;
      expect(await ask(10)).toBeLessThan(3 * oneAnswerMs);
    } finally {
      own.thaw();
    }
  });

  it('counts each target by itself: a client that asks once is not refused for thousands of other clients', async () => {
    const limiter = await limiterAt(own.url, 4);
    await limiter.consume('verification_target_daily', 'warm');
    own.freeze();
    try {
      const verdicts = [];
      for (let buyer = 0; buyer < 30_000; buyer += 1) {
        verdicts.push(await limiter.consume('verification_target_daily', `target${buyer}`));
      }
      expect(verdicts.filter((verdict) => !verdict.allowed)).toEqual([]);
      // Ten a day, of which each of four processes gives two; and the refusal does not outlast Redis' absence by a day.
      expect(await allowed(limiter, 'verification_target_daily', 'one of them', 10)).toBe(2);
      const refused = await limiter.consume('verification_target_daily', 'one of them');
      expect(refused.resetSeconds).toBeLessThanOrEqual(60);
    } finally {
      own.thaw();
    }
  });

  it('answers, and keeps its share of the limit, when Redis is dead, and returns to it', async () => {
    const limiter = await limiterAt(own.url, 3);
    await own.kill();
    await pause(20);
    expect(await allowed(limiter, 'sign_in', randomUUID(), 40)).toBe(10);
    await own.start();
    await until(async () => (await limiter.consume('sign_in', randomUUID())).remaining === 29);
  });
});

it('a network that may request more codes may also mistype more of them', () => {
  const wrongCodes = (requested: number) =>
    policiesOf({ ...config, VERIFICATIONS_PER_MINUTE_PER_NETWORK: requested }).confirmation_failures.points;
  expect([10, 300, 5000].map(wrongCodes)).toEqual([30, 30, 500]);
});

describe('bounded memory', () => {
  it('forgets the oldest entry first, and never exceeds its size', () => {
    const map = new LRUCache<string, number>({ max: deniedKeysMax });
    // A scan of the whole map for each would take minutes.
    for (let index = 0; index < deniedKeysMax + 200_000; index += 1) map.set(`key ${index}`, index);
    expect(map.size).toBe(deniedKeysMax);
    expect(map.get('key 0')).toBeUndefined();
    expect(map.get(`key ${deniedKeysMax + 199_999}`)).toBe(deniedKeysMax + 199_999);
  });
});
