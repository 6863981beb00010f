import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { type RedisClient, openRedis } from '../../src/platform/redis-client.ts';
import { webRoutes } from '../../src/web/routes.ts';
import { createSharedFiles } from '../../src/web/server/files/shared-files.ts';
import { type CatalogProcess, openCatalog } from '../../testkit/catalog/catalog-world.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

/** Guards that pages of one release find their scripts at processes of another, and that only our own scripts are sent. */

const key = 'test-only-hash-secret-0123456789abcdef';
const name = 'draw-code-4F2AB7QX.js';
const script = new TextEncoder().encode('export const drawCode = () => "drawn";');

let database: TestDatabase;
let redis: TestRedis;
let client: RedisClient;
let catalog: CatalogProcess;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  // Without the deadline of requests, which a busy machine may miss.
  client = openRedis(redis.cacheUrl, { protocol: 2 });
  catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl });
});
afterAll(async () => {
  client.disconnect();
  await catalog.close();
  await Promise.all([database.close(), redis.close()]);
});

const release = (files: readonly { name: string; bytes: Uint8Array }[], secret = key) =>
  createSharedFiles({ redis: client, key: secret, own: files });

describe('a process of another release', () => {
  const get = (sharedFiles?: ReturnType<typeof release>) => {
    const more = sharedFiles === undefined ? {} : { sharedFiles };
    const pages = { publicReads: catalog.publicReads, publicUrl: 'https://antre.example', clock: systemClock, ...more };
    return webRoutes(pages).request(`/web/${name}`, { headers: { 'accept-encoding': 'gzip' } });
  };

  test('answers with the file that a page names', async () => {
    await release([{ name, bytes: script }]).share();
    const answer = await get(release([]));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    const file = await release([]).find(name);
    expect(file?.variants.identity.body).toEqual(Buffer.from(script));
  });

  test('control: without the files of others there is none', async () => {
    expect((await get()).status).toBe(404);
  });
});

test('a file is found again without Redis', async () => {
  await release([{ name, bytes: script }]).share();
  const other = release([]);
  expect(await other.find(name)).toBeDefined();
  await client.del(`web-file:${name}`);
  expect(await other.find(name)).toBeDefined();
  expect(await release([]).find(name)).toBeUndefined();
});

test('a file that many ask for at once is read and compressed once', async () => {
  await release([{ name, bytes: script }]).share();
  const other = release([]);
  const found = await Promise.all(Array.from({ length: 20 }, () => other.find(name)));
  expect(found[0]).toBeDefined();
  expect(new Set(found).size).toBe(1);
});

test('a process starts and ends without Redis', async () => {
  const away = openCacheRedis('redis://127.0.0.1:1', silentLog);
  try {
    const files = createSharedFiles({ redis: away, key, own: [{ name, bytes: script }] });
    await files.share();
    expect(await files.find(name)).toBeUndefined();
  } finally {
    away.disconnect();
  }
});

test('what was not left by a process with our secret is not sent', async () => {
  await release([{ name, bytes: script }], 'another-secret-0123456789abcdef-0123').share();
  expect(await release([]).find(name)).toBeUndefined();
  await release([{ name, bytes: script }]).share();
  await client.append(`web-file:${name}`, ';steal()');
  expect(await release([]).find(name)).toBeUndefined();
  // The signature holds for one name.
  await release([{ name, bytes: script }]).share();
  await client.rename(`web-file:${name}`, 'web-file:order-4F2AB7QX.js');
  expect(await release([]).find('order-4F2AB7QX.js')).toBeUndefined();
});

test.each(['order.js', '../order-4F2AB7QX.js', 'order-4F2AB7QX.html', `${'a'.repeat(70)}-4F2AB7QX.js`])(
  'nothing is found under %s, a name that no build gives',
  async (odd) => {
    await release([{ name: odd, bytes: script }]).share();
    expect(await client.exists(`web-file:${odd}`)).toBe(1);
    expect(await release([]).find(odd)).toBeUndefined();
  },
);
