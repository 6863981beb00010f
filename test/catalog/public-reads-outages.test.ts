import { expect, test } from 'vitest';
import { openCatalog } from '../../testkit/catalog/catalog-world.ts';
import { tagsOf } from '../../src/catalog/public/public-kinds.ts';
import { createTestDatabase } from '../../testkit/services/database.ts';
import { createEvent } from '../../testkit/factories.ts';
import { openTestDb } from '../../testkit/orders/placing.ts';
import { useWiredCatalog } from './support/catalogs.ts';

const { database, one, wired, databaseWire, redisWire, pause, redis } = await useWiredCatalog();

test('Postgres away: last good bytes are sent, marked stale, cold reads are 503, and reads recover with Postgres', async () => {
  const { slug } = await createEvent(one.db);
  const cold = await createEvent(one.db);
  await wired.fetch(`/v1/events/${slug}/availability`);
  await databaseWire.cut();
  await pause(1050);
  const stale = await wired.fetch(`/v1/events/${slug}/availability`);
  expect([stale.status, stale.headers.get('cache-status')]).toEqual([200, expect.stringContaining('fwd=stale')]);
  expect(Number(stale.headers.get('age'))).toBeGreaterThanOrEqual(1);
  const refused = await wired.fetch(`/v1/events/${cold.slug}`);
  expect([refused.status, refused.headers.get('cache-control')]).toEqual([503, 'no-store']);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  await databaseWire.mend();
  await pause(1100);
  const statusOf = async () => (await wired.fetch(`/v1/events/${slug}/availability`)).headers.get('cache-status');
  await expect.poll(statusOf, { timeout: 10_000 }).not.toContain('stale');
  expect((await wired.fetch(`/v1/events/${cold.slug}`)).status).toBe(200);
});

test('Redis away: every process answers every read on its own', async () => {
  const { slug } = await createEvent(one.db);
  await redisWire.cut();
  for (const path of ['', '/schedule', '/ticket-categories', '/availability', '/calendar/event-id.ics']) {
    expect((await wired.fetch(`/v1/events/${slug}${path}`)).status).toBe(200);
  }
  await redisWire.mend();
});

test('a replica is read, but not in the seconds after a change that may not have reached it', async () => {
  const behind = await createTestDatabase();
  const replica = openTestDb(behind.url);
  const catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl, replicaDb: replica.db });
  const { id, slug } = await createEvent(one.db);
  expect((await catalog.fetch(`/v1/events/${slug}`)).status).toBe(404);
  expect((await catalog.fetch(`/v1/events/${slug}/availability`)).status).toBe(200);
  await one.cachedReads.changed(tagsOf({ id, slug }));
  // A read from the replica would still not find the event.
  await expect.poll(async () => (await catalog.fetch(`/v1/events/${slug}`)).status, { interval: 5 }).toBe(200);
  await catalog.close();
  await replica.close();
  await behind.close();
});
