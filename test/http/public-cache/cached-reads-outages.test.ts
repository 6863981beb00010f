import { expect, test } from 'vitest';
import { useCachedThings } from './support/cached-things.ts';

const cached = useCachedThings();
const { openProcess, thing, get, valueOf, eventually } = cached;

test('the last good bytes are sent, marked stale, while the database is away; other processes take them from Redis', async () => {
  const one = await openProcess(cached.testRedis.cacheUrl);
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
  const fresh = await openProcess(cached.testRedis.cacheUrl);
  expect((await fresh.answer(read, get())).headers.get('cache-status')).toContain('fwd=stale');
  world.fails = false;
  world.value = 'second';
  await eventually(async () => (await valueOf(await one.answer(read, get()))) === 'second');
});

test('a slow rebuild does not delay requests that can get last good bytes', async () => {
  const reads = await openProcess(cached.testRedis.cacheUrl);
  const { world, tag, read } = thing();
  await reads.answer(read, get());
  const released = Promise.withResolvers<void>();
  world.untilThen = released.promise;
  await reads.changed([tag]);
  expect((await reads.answer(read, get())).headers.get('cache-status')).toContain('fwd=stale');
  released.resolve();
  await eventually(() => reads.atHand(read.key, get()) instanceof Response);
});

test('without any bytes to send, the answer is service.unavailable and the next try waits', async () => {
  const reads = await openProcess(cached.testRedis.cacheUrl);
  const { world, read } = thing();
  world.fails = true;
  await expect(reads.answer(read, get())).rejects.toMatchObject({ code: 'service.unavailable' });
  await expect(reads.answer(read, get())).rejects.toMatchObject({ code: 'service.unavailable' });
  expect(world.renders).toBe(1);
});

test('Redis is cut, frozen and back: answers do not wait for it, and missed changes are found', async () => {
  const [one, two] = [await openProcess(cached.wire.url), await openProcess(cached.testRedis.cacheUrl)];
  const { world, tag, read } = thing();
  await one.answer(read, get());
  await cached.wire.cut();
  expect(one.atHand(read.key, get())).toBeInstanceOf(Response);
  const cold = thing();
  expect(await valueOf(await one.answer(cold.read, get()))).toBe('first');
  world.value = 'second';
  await two.changed([tag]);
  await cached.wire.mend();
  await eventually(async () => (await valueOf(await one.answer(read, get()))) === 'second');
  cached.wire.freeze();
  const frozen = thing();
  expect(await valueOf(await one.answer(frozen.read, get()))).toBe('first');
  await cached.wire.mend();
});
