import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Read, type ReadKind, readKind } from '../../../src/http/public-cache/kind.ts';
import { type CachedReads, createCachedReads } from '../../../src/http/public-cache/cached-reads.ts';
import { DomainError } from '../../../src/platform/errors.ts';
import { createLog } from '../../../src/platform/log.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { type CutWire, layWire } from '../../../testkit/services/cut-wire.ts';
import { type TestRedis, createTestRedis } from '../../../testkit/services/redis.ts';

const log = createLog({ level: 'silent', process: 'test' });
let testRedis: TestRedis;
let wire: CutWire;
const opened: { reads: CachedReads; redis: Redis }[] = [];

/** One process of the service, as far as cached reads go. */
async function openProcess(url: string, memoryBytesMax?: number): Promise<CachedReads> {
  const redis = openCacheRedis(url, log);
  await new Promise((resolve) => redis.once('ready', resolve));
  const reads = createCachedReads({ redis, log, ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }) });
  opened.push({ reads, redis });
  return reads;
}

beforeAll(async () => {
  testRedis = await createTestRedis();
  wire = await layWire(testRedis.cacheUrl);
});
afterAll(async () => {
  for (const { reads, redis } of opened) {
    reads.close();
    redis.disconnect();
  }
  await wire.close();
  await testRedis.close();
});

let names = 0;
const kindOf = (ttlMs: number): ReadKind =>
  readKind({
    name: `test-${(names += 1)}`,
    ttlMs,
    staleWhileRevalidateSeconds: 2,
    staleIfErrorSeconds: 60,
    buildsMax: 10,
  });

/** A thing of which one can see how often it was asked, and which may change, vanish, hang or break. */
function thing(ttlMs = 20_000) {
  names += 1;
  const world = {
    value: 'first' as string | undefined,
    renders: 0,
    fails: false,
    delayMs: 5,
    untilThen: Promise.resolve(),
  };
  const tag = `thing:${names}`;
  const read: Read = {
    key: `/thing/${names}`,
    kind: kindOf(ttlMs),
    missingTags: [`slug:${names}`],
    missing: () => new DomainError('request.not_found', 'There is nothing at this address.'),
    locate: async () => ({ tag, name: 'thing', surrogateKeys: `thing-${names}` }),
    render: async () => {
      world.renders += 1;
      const { value } = world;
      await new Promise((resolve) => setTimeout(resolve, world.delayMs));
      await world.untilThen;
      if (world.fails) throw Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' });
      return value === undefined ? undefined : { body: { value, filling: 'x'.repeat(4000) } };
    },
  };
  return { world, tag, read };
}

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  new Request('http://antre.test/thing', { method, headers });
const valueOf = async (response: Response) => ((await response.json()) as { value: string }).value;
/** Sooner than anything is stale here; how soon, the bench of moments says. */
const eventually = (check: () => boolean | Promise<boolean>): Promise<void> =>
  expect.poll(check, { timeout: 10_000, interval: 5 }).toBe(true);

test('last good bytes are sent, marked stale, while the database is away; other processes take them from Redis', async () => {
  const one = await openProcess(testRedis.cacheUrl);
  const { world, read } = thing(100);
  await one.answer(read, get());
  world.fails = true;
  await new Promise((resolve) => setTimeout(resolve, 120));
  const stale = await one.answer(read, get());
  expect(stale.status).toBe(200);
  expect(stale.headers.get('cache-status')).toMatch(/^antre; fwd=stale; fwd-status=503; ttl=-?\d+; detail=last-good$/);
  const rendersThen = world.renders;
  for (let reads = 0; reads < 50; reads += 1) expect(one.atHand(read.key, get())).toBeInstanceOf(Response);
  expect(world.renders).toBe(rendersThen);
  const fresh = await openProcess(testRedis.cacheUrl);
  expect((await fresh.answer(read, get())).headers.get('cache-status')).toContain('fwd=stale');
  world.fails = false;
  world.value = 'second';
  await eventually(async () => (await valueOf(await one.answer(read, get()))) === 'second');
});

test('a slow rebuild does not delay requests that can get last good bytes', async () => {
  const reads = await openProcess(testRedis.cacheUrl);
  const { world, tag, read } = thing();
  await reads.answer(read, get());
  const released = Promise.withResolvers<void>();
  world.untilThen = released.promise;
  await reads.changed([tag]);
  expect((await reads.answer(read, get())).headers.get('cache-status')).toContain('fwd=stale');
  released.resolve();
  await eventually(() => reads.atHand(read.key, get()) instanceof Response);
});

test('without anything to send, the answer is service.unavailable and the next try waits', async () => {
  const reads = await openProcess(testRedis.cacheUrl);
  const { world, read } = thing();
  world.fails = true;
  await expect(reads.answer(read, get())).rejects.toMatchObject({ code: 'service.unavailable' });
  await expect(reads.answer(read, get())).rejects.toMatchObject({ code: 'service.unavailable' });
  expect(world.renders).toBe(1);
});

test('Redis cut, frozen and back: answers go on, nothing waits for it, and changes missed meanwhile are found', async () => {
  const [one, two] = [await openProcess(wire.url), await openProcess(testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  await one.answer(read, get());
  await wire.cut();
  expect(one.atHand(read.key, get())).toBeInstanceOf(Response);
  const cold = thing();
  expect(await valueOf(await one.answer(cold.read, get()))).toBe('first');
  world.value = 'second';
  await two.changed([tag]);
  await wire.mend();
  await eventually(async () => (await valueOf(await one.answer(read, get()))) === 'second');
  wire.freeze();
  const frozen = thing();
  expect(await valueOf(await one.answer(frozen.read, get()))).toBe('first');
  await wire.mend();
});
