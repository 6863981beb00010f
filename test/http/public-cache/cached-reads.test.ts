import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { useCachedThings } from './support/cached-things.ts';

const cached = useCachedThings();
const { openProcess, thing, get, valueOf, eventually } = cached;

test('a cold stampede over two processes rebuilds once', async () => {
  const [one, two] = [await openProcess(cached.testRedis.cacheUrl), await openProcess(cached.testRedis.cacheUrl)];
  const { world, read } = thing();
  world.delayMs = 50;
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? one : two).answer(read, get())),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
  expect(new Set(await Promise.all(answers.map(valueOf)))).toEqual(new Set(['first']));
  expect(world.renders).toBe(1);
  const third = await openProcess(cached.testRedis.cacheUrl);
  expect((await third.answer(read, get())).headers.get('cache-status')).toMatch(/^antre; hit; ttl=\d+; detail=shared$/);
  expect(third.atHand(read.key, get())).toBeInstanceOf(Response);
  expect(world.renders).toBe(1);
});

test('each encoding has its own bytes and its own strong ETag; 304 and HEAD send none', async () => {
  const reads = await openProcess(cached.testRedis.cacheUrl);
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
  // Lists that fill a request are not taken apart.
  const full = ','.repeat(10_000);
  expect((await reads.answer(read, get({ 'if-none-match': `${full}${etags[0]}` }))).status).toBe(200);
  const unasked = await reads.answer(read, get({ 'accept-encoding': `${full}br` }));
  expect(unasked.headers.get('etag')).toBe(etags[0]);
  const head = await reads.answer(read, get({}, 'HEAD'));
  expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  expect(await head.text()).toBe('');
});

test('a release whose answers have another form takes none of the release before, and both hear of changes', async () => {
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => openProcess(cached.testRedis.cacheUrl)));
  if (one === undefined || two === undefined || three === undefined) throw new Error('no processes');
  const before = cached.kindOf(20_000, { schema: z.object({ value: z.string() }) });
  const after = cached.kindOf(20_000, { schema: z.object({ value: z.string(), since: z.string() }) });
  const { world, tag, read } = thing(20_000, before);
  await one.answer(read, get());
  await two.answer({ ...read, kind: after }, get());
  expect(world.renders).toBe(2);
  await three.answer(read, get());
  expect(world.renders, 'the same form is shared').toBe(2);
  world.value = 'second';
  await one.changed([tag]);
  await eventually(async () => (await valueOf(await two.answer({ ...read, kind: after }, get()))) === 'second');
});

test('a change is pushed to every process, and is rebuilt once', async () => {
  const [one, two] = [await openProcess(cached.testRedis.cacheUrl), await openProcess(cached.testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  await Promise.all([one.answer(read, get()), two.answer(read, get())]);
  world.value = 'second';
  await one.changed([tag]);
  await eventually(async () => (await valueOf(await two.answer(read, get()))) === 'second');
  expect(await valueOf(await one.answer(read, get()))).toBe('second');
  expect(world.renders).toBe(2);
});

test('bytes that were rendered before a change are not stored after it', async () => {
  const [one, two] = [await openProcess(cached.testRedis.cacheUrl), await openProcess(cached.testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  world.delayMs = 100;
  const early = two.answer(read, get());
  await eventually(() => world.renders === 1);
  world.value = 'second';
  await one.changed([tag]);
  await early;
  // Making it anew may take a busy machine longer than requests wait for it.
  await eventually(async () => (await valueOf(await one.answer(read, get()))) === 'second');
  // A message tells the other process of the change, which a busy machine may deliver after its rendering.
  await eventually(async () => (await valueOf(await two.answer(read, get()))) === 'second');
});

test('control: without the generation, the process that rendered before the change would give old bytes to all', async () => {
  const [one, two] = [await openProcess(cached.testRedis.cacheUrl), await openProcess(cached.testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  world.delayMs = 100;
  const early = two.answer(read, get());
  await eventually(() => world.renders === 1);
  world.value = 'second';
  // The change is not pushed: the value is stored as current, and expires by its age alone.
  await early;
  expect(await valueOf(await one.answer(read, get()))).toBe('first');
  await one.changed([tag]);
  await eventually(async () => (await valueOf(await one.answer(read, get()))) === 'second');
});

test('bytes expire by age without a push, and are refreshed in the background', async () => {
  const reads = await openProcess(cached.testRedis.cacheUrl);
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
  const [one, two] = [await openProcess(cached.testRedis.cacheUrl), await openProcess(cached.testRedis.cacheUrl)];
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

test('memory is bounded, and recently used answers stay', async () => {
  const reads = await openProcess(cached.testRedis.cacheUrl, 100_000);
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

test('an answer depends on the address and the encoding of a request, and on nothing else', async () => {
  const reads = await openProcess(cached.testRedis.cacheUrl);
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
