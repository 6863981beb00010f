import { afterAll, beforeAll, expect } from 'vitest';
import { catalogInvariants } from '../../../src/catalog/invariants.ts';
import { pools, stock } from '../../../src/orders/tables.ts';
import { newId } from '../../../src/platform/ids.ts';
import { keyOf, openCatalog, shown, type CatalogProcess } from '../../../testkit/catalog/catalog-world.ts';
import { createTestDatabase, type TestDatabase } from '../../../testkit/services/database.ts';
import { createOrganizer, createPaymentAccount, type TestOrganizer } from '../../../testkit/factories.ts';
import { createTestRedis, type TestRedis } from '../../../testkit/services/redis.ts';

/**
 * Two processes of the catalog, and the desks of organizers at the first one. Registers its setup and teardown with the
 * calling test file.
 */
export function useOrganizerDesk() {
  let database: TestDatabase;
  let redis: TestRedis;
  let one: CatalogProcess;
  let two: CatalogProcess;

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    const urls = { databaseUrl: database.url, redisUrl: redis.cacheUrl };
    [one, two] = [await openCatalog(urls), await openCatalog(urls)];
  });
  afterAll(async () => {
    for (const invariant of catalogInvariants) expect(await invariant.find(one.db)).toEqual([]);
    await Promise.all([one.close(), two.close()]);
    await Promise.all([database.close(), redis.close()]);
  });

  const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
  let slugs = 0;
  const draftOf = (values: object = {}) => ({
    slug: `acara-${(slugs += 1)}`,
    name: 'Malam Puisi',
    category: 'literature',
    city: 'Jakarta',
    venue: 'Taman Ismail Marzuki',
    startsAt: hours(72),
    endsAt: hours(75),
    ...values,
  });
  const categoryOf = (poolId: string, values: object = {}) => ({
    poolId,
    name: 'Festival',
    price: { amount: 150_000, currency: 'IDR' },
    saleOpensAt: hours(-1),
    saleClosesAt: hours(48),
    ...values,
  });

  /** An organiser, and requests as its manager. */
  async function openDesk() {
    const organizer = await createOrganizer(one.db);
    await createPaymentAccount(one.db, organizer);
    return { organizer, ...(await deskOf(organizer, 'manager')) };
  }

  async function deskOf(organizer: TestOrganizer, role: 'manager' | 'door') {
    const key = await keyOf(one, organizer, role);
    const base = `/v1/organizers/${organizer.slug}/events`;
    const ask = (method: string, path = '', body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
      one.fetch(`${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const create = async (values: object = {}) => shown(await ask('POST', '', draftOf(values)));
    return { ask, create };
  }

  async function addPool(eventId: string, capacity = 100): Promise<string> {
    const poolId = newId('pol');
    await one.db.insert(pools).values({ eventId, id: poolId, name: 'Pool' });
    await one.db.insert(stock).values({ eventId, poolId, capacity, available: capacity });
    return poolId;
  }

  /** A published event of a new organiser. */
  async function publishedEvent() {
    const desk = await openDesk();
    const event = await desk.create();
    const poolId = await addPool(event.id);
    const category = await shown(await desk.ask('POST', `/${event.id}/ticket-categories`, categoryOf(poolId)));
    const published = await shown(await desk.ask('POST', `/${event.id}/publication`));
    return { ...desk, event: published, poolId, category, slug: String(event['slug']) };
  }

  return {
    get database() {
      return database;
    },
    get one() {
      return one;
    },
    get two() {
      return two;
    },
    hours,
    draftOf,
    categoryOf,
    openDesk,
    deskOf,
    addPool,
    publishedEvent,
  };
}
