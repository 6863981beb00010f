import { gunzipSync, brotliDecompressSync } from 'node:zlib';
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

test('a cold stampede over two processes rebuilds once', async () => {
  const [one, two] = [await openProcess(testRedis.cacheUrl), await openProcess(testRedis.cacheUrl)];
  const { world, read } = thing();
  world.delayMs = 50;
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? one : two).answer(read, get())),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
  expect(new Set(await Promise.all(answers.map(valueOf)))).toEqual(new Set(['first']));
  expect(world.renders).toBe(1);
  const third = await openProcess(testRedis.cacheUrl);
  expect((await third.answer(read, get())).headers.get('cache-status')).toMatch(/^antre; hit; ttl=\d+; detail=shared$/);
  expect(third.atHand(read.key, get())).toBeInstanceOf(Response);
  expect(world.renders).toBe(1);
});

test('each encoding has its own bytes and its own strong ETag; 304 and HEAD send none', async () => {
  const reads = await openProcess(testRedis.cacheUrl);
  const { read } = thing();
  const plain = await reads.answer(read, get());
  const text = await plain.text();
  expect(plain.headers.get('content-encoding')).toBeNull();
  const brotli = await reads.answer(read, get({ 'accept-encoding': 'gzip, deflate, br;q=0.9' }));
  const gzip = await reads.answer(read, get({ 'accept-encoding': 'br;q=0, gzip' }));
  expect(brotli.headers.get('content-encoding')).toBe('br');
  expect(gzip.headers.get('content-encoding')).toBe('gzip');
  expect(brotliDecompressSync(await brotli.arrayBuffer()).toString()).toBe(text);
  expect(gunzipSync(await gzip.arrayBuffer()).toString()).toBe(text);
  const etags = [plain, brotli, gzip].map(({ headers }) => headers.get('etag') ?? '');
  expect(new Set(etags).size).toBe(3);
  for (const response of [plain, brotli, gzip]) expect(response.headers.get('vary')).toBe('Accept-Encoding');
  expect((await reads.answer(read, get({ 'accept-encoding': 'identity' }))).headers.get('etag')).toBe(etags[0]);
  expect((await reads.answer(read, get({ 'accept-encoding': '*;q=0' }))).headers.get('etag')).toBe(etags[0]);

  for (const condition of [etags[0] ?? '', `"other", W/${etags[0]}`, '*']) {
    const unchanged = await reads.answer(read, get({ 'if-none-match': condition }));
    expect(unchanged.status).toBe(304);
    expect(await unchanged.text()).toBe('');
    expect(unchanged.headers.get('etag')).toBe(etags[0]);
  }
  expect((await reads.answer(read, get({ 'if-none-match': `${etags[1]}` }))).status).toBe(200);
  const head = await reads.answer(read, get({}, 'HEAD'));
  expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  expect(await head.text()).toBe('');
});

test('a change is pushed to every process, and is rebuilt once', async () => {
  const [one, two] = [await openProcess(testRedis.cacheUrl), await openProcess(testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  await Promise.all([one.answer(read, get()), two.answer(read, get())]);
  world.value = 'second';
  await one.changed([tag]);
  await eventually(async () => (await valueOf(await two.answer(read, get()))) === 'second');
  expect(await valueOf(await one.answer(read, get()))).toBe('second');
  expect(world.renders).toBe(2);
});

test('what was rendered before a change is not kept after it', async () => {
  const [one, two] = [await openProcess(testRedis.cacheUrl), await openProcess(testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  world.delayMs = 100;
  const early = two.answer(read, get());
  await eventually(() => world.renders === 1);
  world.value = 'second';
  await one.changed([tag]);
  await early;
  expect(await valueOf(await two.answer(read, get()))).toBe('second');
  expect(await valueOf(await one.answer(read, get()))).toBe('second');
});

test('control: without the generation, the process that rendered before the change would give old bytes to all', async () => {
  const [one, two] = [await openProcess(testRedis.cacheUrl), await openProcess(testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  world.delayMs = 100;
  const early = two.answer(read, get());
  await eventually(() => world.renders === 1);
  world.value = 'second';
  // The change is not pushed: the value lands as current, and only its age turns it.
  await early;
  expect(await valueOf(await one.answer(read, get()))).toBe('first');
  await one.changed([tag]);
  expect(await valueOf(await one.answer(read, get()))).toBe('second');
});

test('bytes expire by age without a push, and are refreshed in the background', async () => {
  const reads = await openProcess(testRedis.cacheUrl);
  const { world, read } = thing(400);
  await reads.answer(read, get());
  world.value = 'second';
  const ages: string[] = [];
  await eventually(async () => {
    const response = await reads.answer(read, get());
    ages.push(response.headers.get('cache-status') ?? '');
    return (await valueOf(response)) === 'second';
  });
  expect(ages.filter((status) => !status.includes('detail=memory')).length).toBeLessThanOrEqual(1);
});

test('a missing object is remembered briefly, and a change makes it visible at once', async () => {
  const [one, two] = [await openProcess(testRedis.cacheUrl), await openProcess(testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  world.value = undefined;
  for (let tries = 0; tries < 20; tries += 1) {
    await expect(two.answer(read, get())).rejects.toMatchObject({ code: 'request.not_found' });
  }
  expect(world.renders).toBe(1);
  expect(two.atHand(read.key, get())).toBe('missing');
  world.value = 'born';
  await one.changed([tag]);
  await eventually(() => two.atHand(read.key, get()) === undefined);
  expect(await valueOf(await two.answer(read, get()))).toBe('born');
});

test('memory is bounded, and what is used stays', async () => {
  const reads = await openProcess(testRedis.cacheUrl, 100_000);
  const hot = thing();
  await reads.answer(hot.read, get());
  const many = Array.from({ length: 40 }, () => thing());
  for (const { read } of many) {
    await reads.answer(read, get());
    expect(reads.atHand(hot.read.key, get())).toBeInstanceOf(Response);
  }
  const kept = many.filter(({ read }) => reads.atHand(read.key, get()) !== undefined);
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.length).toBeLessThan(20);
});

test('nothing of a request but its address and encoding has a part in the answer', async () => {
  const reads = await openProcess(testRedis.cacheUrl);
  const { read } = thing();
  const own = await reads.answer(
    read,
    get({ authorization: 'Bearer someone', cookie: 'antre_order=x', origin: 'https://a.example' }),
  );
  const others = await reads.answer(
    read,
    get({ 'x-forwarded-host': 'evil.example', 'x-http-method-override': 'DELETE' }),
  );
  expect(await own.text()).toBe(await others.text());
  for (const { headers } of [own, others]) {
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+, stale-while-revalidate=1, stale-if-error=60$/);
    expect(headers.get('x-accel-expires')).toBe('1');
    expect(headers.get('cdn-cache-control')).toContain('stale-if-error=60');
    expect(headers.get('age')).toBe('0');
  }
});
