import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CatalogProcess,
  buildsOf,
  openCatalog,
  shown,
  untilRenewed,
} from '../../testkit/catalog/catalog-world.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { createEvent } from '../../testkit/factories.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

let database: TestDatabase;
let redis: TestRedis;
let catalog: CatalogProcess;
const day = 86_400_000;
const at = (days: number) => ({
  startsAt: new Date(Date.now() + days * day),
  doorsOpenAt: new Date(Date.now() + days * day),
  endsAt: new Date(Date.now() + days * day + 3_600_000),
});

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl });
  const make = (slug: string, days: number, values: object = {}) =>
    createEvent(catalog.db, { event: { slug, ...at(days), ...values } });
  await make('pesta-rakyat', 1, { name: 'Pesta Rakyat', city: 'Bandung', category: 'festival' });
  await make('konser-hujan', 2, { name: 'Konser Hujan & Badai', city: 'Jakarta', category: 'concert' });
  await make('teater-malam', 3, {
    name: 'Teater Malam',
    city: 'Yogyakarta',
    venue: 'Gedung Société',
    category: 'theatre',
  });
  await make('lampau', -3);
  await make('rahasia', 2, { status: 'draft', publishedAt: null });
  await make('batal', 2, { status: 'cancelled' });
});
afterAll(async () => {
  await catalog.close();
  await Promise.all([database.close(), redis.close()]);
});

const list = async (query: string) => shown(await catalog.fetch(`/v1/events${query}`));
const slugsOf = async (query: string) => (await list(query)).data.map(({ slug }) => slug);

test('lists published events that are not over, by start', async () => {
  expect(await slugsOf('')).toEqual(['pesta-rakyat', 'konser-hujan', 'teater-malam']);
});

test('the price of an event is one that can still be paid: that of an early bird ends with its sale', async () => {
  const event = await createEvent(catalog.db, {
    event: { slug: 'dini', ...at(4) },
    categories: [{ price: 50_000 }, { price: 150_000 }],
  });
  const own = `?q=&organizer=${event.organizer.slug}`;
  const priceOf = async () => (await list(own)).data.map(({ priceFrom }) => priceFrom);
  const early = sql`event_id = ${event.id} and price = 50000`;
  await catalog.db.execute(sql`update ticket_categories set sale_opens_at = now() + interval '1 hour' where ${early}`);
  expect(await priceOf()).toEqual([{ amount: 50_000, currency: 'IDR' }]);
  await catalog.db.execute(sql`
    update ticket_categories set sale_opens_at = now() - interval '2 days', sale_closes_at = now() - interval '1 second' where ${early}`);
  await catalog.cachedReads.changed(['events']);
  await untilRenewed(catalog, `/v1/events${own}`);
  expect(await priceOf()).toEqual([{ amount: 150_000, currency: 'IDR' }]);
  expect((await list(`?priceMax=100000&organizer=${event.organizer.slug}`)).data).toEqual([]);
  await catalog.db.execute(sql`delete from events where id = ${event.id}`).catch(() => undefined);
  await catalog.db.execute(sql`update events set status = 'draft' where id = ${event.id}`);
  await catalog.cachedReads.changed(['events']);
});

test('finds an event kind by its name in each language of the pages', async () => {
  for (const word of ['konser', 'concert', 'Kons']) expect(await slugsOf(`?q=${word}`)).toContain('konser-hujan');
  expect(await slugsOf('?q=teater')).toContain('teater-malam');
});

test('filters by city, category, time and words, in any case', async () => {
  expect(await slugsOf('?city=bandung')).toEqual(['pesta-rakyat']);
  expect(await slugsOf('?category=CONCERT')).toEqual(['konser-hujan']);
  expect(await slugsOf('?city=Bandung&category=concert')).toEqual([]);
  expect(await slugsOf(`?to=${encodeURIComponent(at(1.5).startsAt.toISOString())}`)).toEqual(['pesta-rakyat']);
  expect(await slugsOf(`?from=${encodeURIComponent(at(2.5).startsAt.toISOString())}`)).toEqual(['teater-malam']);
  expect(
    await slugsOf(
      `?from=${at(-5).startsAt.toISOString().slice(0, 10)}&to=${at(0).startsAt.toISOString().slice(0, 10)}`,
    ),
  ).toEqual(['lampau']);
  expect(await slugsOf('?q=huj')).toEqual(['konser-hujan']);
  expect(await slugsOf('?q=hujan+badai')).toEqual(['konser-hujan']);
  expect(await slugsOf('?q=soci%C3%A9t')).toEqual(['teater-malam']);
  expect(await slugsOf('?q=hujan+teater')).toEqual([]);
  expect(await slugsOf(`?q=${encodeURIComponent("'); drop table events; -- & | ! :* <->")}`)).toEqual([]);
  expect(await slugsOf('?q=')).toEqual(['pesta-rakyat', 'konser-hujan', 'teater-malam']);
});

test('pages by cursor return every event once, even when starts are equal', async () => {
  const startsAt = at(10).startsAt;
  const same = { ...at(10), startsAt, city: 'Medan' };
  for (let made = 0; made < 7; made += 1) await createEvent(catalog.db, { event: same });
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await list(`?city=medan&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(page.data.length).toBeLessThanOrEqual(3);
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(new Set(seen).size).toBe(7);
  expect(seen.length).toBe(7);
});

test('equal searches share one answer: order, case, unknown parameters, seconds of a time', async () => {
  const before = await buildsOf('listing');
  const minute = '2026-11-01T10:00';
  await list(`?city=Solo&q=Wayang%20Kulit&from=${minute}:01Z`);
  for (const query of [
    `?from=${minute}:59.123Z&q=wayang++kulit&city=SOLO`,
    `?utm_source=x&city=solo&q=WAYANG-KULIT&from=${minute}:30%2B00:00&fbclid=1`,
    `?city=solo&q=wayang%20kulit&from=2026-11-01T17:00:00%2B07:00&limit=50`,
  ]) {
    expect((await catalog.fetch(`/v1/events${query}`)).headers.get('cache-status')).toContain('detail=memory');
  }
  expect((await buildsOf('listing')) - before).toBe(1);
});

test('a repeated listing is answered from memory, in front of the router', async () => {
  const request = () => new Request('http://antre.test/v1/events?city=Bandung&limit=10');
  await catalog.fetch('/v1/events?city=Bandung&limit=10');
  expect(catalog.publicReads.fetch(request())?.headers.get('surrogate-key')).toBe('events listing');
});

test('filters by the lowest price of a ticket on sale, and by organiser', async () => {
  const from = `from=${at(39).startsAt.toISOString().slice(0, 10)}`;
  const make = (slug: string, prices: readonly number[]) =>
    createEvent(catalog.db, {
      event: { slug, ...at(40) },
      categories: prices.map((price, index) => ({ price, status: index === 0 ? 'on_sale' : 'closed' })),
    });
  const cheap = await make('murah', [100_000, 0]);
  await make('gratis', [0]);
  await make('mahal', [100_001]);
  expect((await slugsOf(`?${from}&priceMax=100000`)).sort()).toEqual(['gratis', 'murah']);
  expect(await slugsOf(`?${from}&priceMax=0`)).toEqual(['gratis']);
  expect((await slugsOf(`?${from}&priceMax=`)).length).toBe(3);
  expect(await slugsOf(`?${from}&organizer=${cheap.organizer.slug}`)).toEqual(['murah']);
  expect(await slugsOf(`?${from}&organizer=nobody-at-all`)).toEqual([]);
  for (const wrong of ['priceMax=-1', 'priceMax=x', 'priceMax=1.5', 'currency=EUR', 'organizer=%3Cb%3E']) {
    expect((await catalog.fetch(`/v1/events?${wrong}`)).status).toBe(400);
  }
});

test('a highest price is one of a currency: rupiah if none is named, and any if it is nothing', async () => {
  const from = `from=${at(49).startsAt.toISOString().slice(0, 10)}`;
  const make = (slug: string, currency: string, price: number) =>
    createEvent(catalog.db, { event: { slug, currency, ...at(50) }, categories: [{ price }] });
  await make('rupiah', 'IDR', 100_000);
  // 400 dollars are 40,000 cents, which is less than 100,000 of anything.
  await make('dollar', 'USD', 40_000);
  await make('free-in-dollars', 'USD', 0);
  const found = async (query: string) => (await slugsOf(`?${from}&${query}`)).sort();
  expect(await found('priceMax=100000')).toEqual(['rupiah']);
  expect(await found('priceMax=100000&currency=IDR')).toEqual(['rupiah']);
  expect(await found('priceMax=100000&currency=USD')).toEqual(['dollar', 'free-in-dollars']);
  expect(await found('priceMax=0')).toEqual(['free-in-dollars']);
  expect(await found('currency=USD')).toEqual(['dollar', 'free-in-dollars']);
  expect(await found('currency=')).toHaveLength(3);
});
