import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownInvalidations, shareInvalidations } from '../../../src/platform/invalidation/invalidations.ts';
import { createRowCache } from '../../../src/platform/invalidation/row-cache.ts';
import { createLog } from '../../../src/platform/log.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { type CutWire, layWire } from '../../../testkit/services/cut-wire.ts';
import { type TestRedis, createTestRedis } from '../../../testkit/services/redis.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that a change in one process reaches all others, also while Redis is away, and that no old value is kept after it. */

const log = createLog({ level: 'silent', process: 'test' });
const keptMs = 60_000;
const withinMs = 1000;
let redis: TestRedis;
beforeAll(async () => {
  redis = await createTestRedis();
});
afterAll(() => redis.close());

const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

/** A process that listens. */
async function open(url = redis.cacheUrl) {
  const client = openCacheRedis(url, log);
  const invalidations = shareInvalidations({ redis: client, log });
  closers.push(() => (invalidations.close(), client.disconnect()));
  await until(() => client.status === 'ready');
  await until(() => invalidations.lifetimeMs(keptMs) === keptMs);
  return invalidations;
}

function counting(invalidations: Awaited<ReturnType<typeof open>>) {
  let reads = 0;
  const cache = createRowCache<number>({ invalidations, kind: 'payment_account', max: 10, keptMs, idOf: (key) => key });
  return { cache, read: (id: string) => cache.get(id, () => Promise.resolve((reads += 1))) };
}

test('a change in one process is read anew in another within a second; control: another id is still kept', async () => {
  const [one, two] = [await open(), await open()];
  const { read } = counting(two);
  const [changed, other] = [randomUUID(), randomUUID()];
  expect([await read(changed), await read(other), await read(changed)]).toEqual([1, 2, 1]);
  one.invalidate('payment_account', changed);
  await until(async () => (await read(changed)) === 3, withinMs);
  expect(await read(other)).toBe(2);
  one.invalidate('payment_account');
  await until(async () => (await read(other)) > 3, withinMs);
});

test('a read that began before the change is given to its callers, and not kept', async () => {
  const own = ownInvalidations();
  const cache = createRowCache<string>({ invalidations: own, kind: 'senders', max: 10, keptMs, idOf: (key) => key });
  let answer: (value: string) => void = () => {};
  const before = cache.get('org_1', () => new Promise<string>((resolve) => (answer = resolve)));
  own.invalidate('senders', 'org_1');
  const after = cache.get('org_1', () => Promise.resolve('new'));
  answer('old');
  expect([await before, await after, await cache.get('org_1', () => Promise.resolve('newer'))]).toEqual([
    'old',
    'new',
    'new',
  ]);
});

test('a value that does not tell whose it is, such as none, is dropped with every change; a failed read is not kept', async () => {
  const own = ownInvalidations();
  const cache = createRowCache<string | undefined>({
    invalidations: own,
    kind: 'senders',
    max: 10,
    keptMs,
    idOf: (_, value) => value,
  });
  expect(await cache.get('slug', () => Promise.resolve(undefined))).toBeUndefined();
  own.invalidate('senders', 'org_2');
  expect(await cache.get('slug', () => Promise.resolve('org_2'))).toBe('org_2');
  await expect(cache.get('other', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await cache.get('other', () => Promise.resolve('org_3'))).toBe('org_3');
});

test.each([
  ['is away', (wire: CutWire) => wire.cut()],
  ['hangs', (wire: CutWire) => Promise.resolve(wire.freeze())],
])(
  'while Redis %s a value lives for a second; a change of that time is told when Redis is back',
  async (_what, lose) => {
    const wire: CutWire = await layWire(redis.cacheUrl);
    closers.push(() => wire.close());
    const [here, there] = [await open(wire.url), await open()];
    const mine = counting(here);
    const theirs = counting(there);
    const [id, seen] = [randomUUID(), randomUUID()];
    expect([await mine.read(id), await theirs.read(id)]).toEqual([1, 1]);
    await lose(wire);
    await until(() => here.lifetimeMs(keptMs) === withinMs);
    expect(await mine.read(seen)).toBe(2);
    await pause(withinMs + 50);
    expect(await mine.read(seen)).toBe(3);
    here.invalidate('payment_account', id);
    expect(await theirs.read(id)).toBe(1);
    await wire.mend();
    await until(async () => (await theirs.read(id)) > 1);
    await until(() => here.lifetimeMs(keptMs) === keptMs);
  },
);
