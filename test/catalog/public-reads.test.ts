import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { buildsOf, shown } from '../../testkit/catalog/catalog-world.ts';
import { serve } from '../../src/http/server/serve.ts';
import { createEvent } from '../../testkit/factories.ts';
import { useWiredCatalog } from './support/catalogs.ts';

const { one, two, pause } = await useWiredCatalog();

test('the four documents of an event have the published form', async () => {
  const event = await createEvent(one.db, { categories: [{ capacity: 1000 }, { capacity: 8, price: 500_000 }] });
  const main = await shown(await one.fetch(`/v1/events/${event.slug}`));
  expect(main).toMatchObject({
    id: event.id,
    slug: event.slug,
    status: 'published',
    sales: 'open',
    currency: 'IDR',
    priceFrom: { amount: 150_000, currency: 'IDR' },
    feePerTicket: { amount: 0, currency: 'IDR' },
    organizer: { slug: event.organizer.slug, name: 'Test organizer' },
  });
  expect(main['startsAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const categories = await shown(await one.fetch(`/v1/events/${event.slug}/ticket-categories`));
  expect(categories.data.map(({ id }) => id)).toEqual(event.categories.map(({ id }) => id));
  expect(categories.data[1]).toMatchObject({ price: { amount: 500_000, currency: 'IDR' }, saleState: 'open' });
  expect(categories.data[0]).not.toHaveProperty('poolId');
  const availability = await shown(await one.fetch(`/v1/events/${event.slug}/availability`));
  expect(availability.data.map((row) => row['band'])).toEqual(['many', 'last']);
  const schedule = await shown(await one.fetch(`/v1/events/${event.slug}/schedule`));
  expect(schedule).toEqual({ data: [], nextCursor: null });
});

test('headers for caches: ETag, CDN-Cache-Control, Surrogate-Key, Age, Cache-Status; 304; HEAD', async () => {
  const { slug, id } = await createEvent(one.db);
  const cold = await one.fetch(`/v1/events/${slug}`);
  expect(cold.headers.get('cache-status')).toBe('antre; fwd=miss; stored');
  const hit = await one.fetch(`/v1/events/${slug}?utm_source=poster&x=1`);
  expect(hit.headers.get('cache-status')).toMatch(/^antre; hit; ttl=\d+; detail=memory$/);
  expect(hit.headers.get('surrogate-key')).toBe(`${id} event`);
  expect(hit.headers.get('vary')).toBe('Accept-Encoding');
  expect(hit.headers.get('x-request-id')).toBeNull();
  expect(hit.headers.get('cdn-cache-control')).toMatch(
    /^public, s-maxage=20, stale-while-revalidate=10, stale-if-error=300$/,
  );
  const etag = hit.headers.get('etag') ?? '';
  const unchanged = await one.fetch(`/v1/events/${slug}`, { headers: { 'if-none-match': etag } });
  expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
  const head = await one.fetch(`/v1/events/${slug}`, { method: 'HEAD' });
  expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', etag]);
  const availability = await one.fetch(`/v1/events/${slug}/availability`);
  expect(availability.headers.get('cache-control')).toBe(
    'public, max-age=1, stale-while-revalidate=1, stale-if-error=60',
  );
});

test('calendar files are for everybody: the event and the sale that opens next, in each language, and moved by a change', async () => {
  const [early, late] = [new Date('2029-05-01T03:00:00Z'), new Date('2029-06-01T03:00:00Z')];
  const { id, slug } = await createEvent(one.db, {
    event: { nameEn: 'Dusk', startsAt: new Date('2030-01-01T12:00:00Z'), endsAt: new Date('2030-01-01T15:00:00Z') },
    categories: [{}, { saleOpensAt: late }, { saleOpensAt: early }].map((sale) => ({
      saleClosesAt: new Date('2029-12-01T00:00:00Z'),
      ...sale,
    })),
  });
  const read = async (file: string) => one.fetch(`/v1/events/${slug}/calendar/${file}`);
  const first = await read('event-en.ics');
  expect(first.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  expect(first.headers.get('surrogate-key')).toBe(`${id} calendar`);
  const entry = await first.text();
  for (const line of [`UID:${id.toLowerCase()}@antre`, 'SEQUENCE:1', 'DTSTART:20300101T120000Z', 'SUMMARY:Dusk'])
    expect(entry).toContain(`${line}\r\n`);
  expect(entry).toContain(`URL:https://antre.example/events/${slug}\r\n`);
  expect((await read('event-en.ics')).headers.get('cache-status')).toContain('detail=memory');
  expect(await (await read('event-id.ics')).text()).toContain('SUMMARY:Senja di Selatan\r\n');
  const sale = await (await read('sale-id.ics')).text();
  for (const line of [`UID:${id.toLowerCase()}-sale@antre`, 'DTSTART:20290501T030000Z', 'METHOD:PUBLISH'])
    expect(sale).toContain(`${line}\r\n`);
  await one.db.execute(
    sql`update events set starts_at = '2030-01-01T13:00:00Z', version = version + 1 where id = ${id}`,
  );
  await one.cachedReads.changed([`evt:${id}`]);
  const moved = async () => (await read('event-en.ics')).text();
  await expect.poll(moved).toContain('SEQUENCE:2\r\n');
  expect(await moved()).toContain('DTSTART:20300101T130000Z\r\n');
  expect((await read('order-en.ics')).status).toBe(400);
  const { slug: bare } = await createEvent(one.db, { categories: [] });
  expect((await one.fetch(`/v1/events/${bare}/calendar/sale-en.ics`)).status).toBe(404);
});

test('a cold HEAD goes through the app and sends no body', async () => {
  const { slug } = await createEvent(one.db);
  const head = await one.fetch(`/v1/events/${slug}`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
});

test('a thousand cold reads of fifty events over two processes rebuild fifty times', async () => {
  const events: { slug: string }[] = [];
  for (let made = 0; made < 50; made += 1) events.push(await createEvent(one.db));
  const before = await buildsOf('event');
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, index) =>
      (index % 2 === 0 ? one : two).fetch(`/v1/events/${events[index % 50]?.slug}`),
    ),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect((await buildsOf('event')) - before).toBe(50);
});

test('drafts are never shown, and a missing event is cached briefly', async () => {
  const draft = await createEvent(one.db, { event: { status: 'draft', publishedAt: null } });
  for (const path of ['', '/schedule', '/ticket-categories', '/availability', '/calendar/event-id.ics']) {
    const answer = await one.fetch(`/v1/events/${draft.slug}${path}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await shown(answer)).toMatchObject({ code: 'event.not_found' });
  }
  const again = one.publicReads.fetch(new Request(`http://antre.test/v1/events/${draft.slug}`));
  expect(again?.status).toBe(404);
  await one.db.execute(sql`update events set status = 'published', published_at = now() where id = ${draft.id}`);
  await pause(1600);
  expect((await one.fetch(`/v1/events/${draft.slug}`)).status).toBe(200);
});

test('only GET and HEAD of the public addresses are answered in front of the router', () => {
  const at = (path: string, method = 'GET') =>
    one.publicReads.fetch(new Request(`http://antre.test${path}`, { method }));
  expect(at('/v1/orders/ord_1')).toBeUndefined();
  expect(at('/v1/events', 'POST')).toBeUndefined();
  expect(at('/v1/eventsx')).toBeUndefined();
  expect(at('/')).toBeUndefined();
});

test('bad addresses and queries are problems, and are not cached', async () => {
  for (const path of [
    '/v1/events?limit=0',
    '/v1/events?limit=abc',
    '/v1/events?from=yesterday',
    '/v1/events?from=0001-01-01',
    '/v1/events?cursor=bm8',
    '/v1/events?q=%00',
    '/v1/events?city=a&city=b',
    '/v1/events/UPPER',
    `/v1/events/${'x'.repeat(300)}`,
  ]) {
    const answer = await one.fetch(path);
    expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 400, 'no-store']);
  }
});

test('the document shows the sale as open in the second in which it opens, without a push', async () => {
  const opens = new Date(Date.now() + 2000);
  const { slug } = await createEvent(one.db, { categories: [{ saleOpensAt: opens }] });
  const stateOf = async () =>
    (await shown(await one.fetch(`/v1/events/${slug}/ticket-categories`))).data[0]?.['saleState'];
  expect(await stateOf()).toBe('upcoming');
  await pause(opens.getTime() - Date.now() + 30);
  expect(await stateOf()).toBe('open');
});

test('availability follows the stock without a push, and is never more than a second old', async () => {
  const { id, slug } = await createEvent(one.db);
  const bandOf = async () => (await shown(await two.fetch(`/v1/events/${slug}/availability`))).data[0]?.['band'];
  expect(await bandOf()).toBe('many');
  await one.db.execute(sql`update stock set available = 0, sold = 100 where event_id = ${id}`);
  await expect.poll(bandOf, { timeout: 10_000, interval: 20 }).toBe('none');
  const { headers } = await two.fetch(`/v1/events/${slug}/availability`);
  expect([headers.get('cache-control'), Number(headers.get('age'))]).toEqual([
    expect.stringContaining('max-age=1,'),
    0,
  ]);
});

test('over a real server: bytes, 304, HEAD and a kept-alive connection', async () => {
  const { slug } = await createEvent(one.db);
  const server = await serve(
    { fetch: (request) => one.publicReads.fetch(request) ?? one.app.fetch(request) },
    {
      host: '127.0.0.1',
      port: 0,
      reusePort: false,
    },
  );
  const url = `http://127.0.0.1:${server.port}/v1/events/${slug}`;
  const cold = await fetch(url);
  const text = await cold.text();
  for (const method of ['GET', 'HEAD']) {
    const hit = await fetch(url, { method });
    expect(hit.headers.get('cache-status')).toContain('detail=memory');
    expect(await hit.text()).toBe(method === 'GET' ? text : '');
  }
  const etag = (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).headers.get('etag') ?? '';
  const headers = { 'accept-encoding': 'identity', 'if-none-match': etag };
  expect((await fetch(url, { headers })).status).toBe(304);
  expect((await fetch(`${url}/availability`, { method: 'HEAD' })).status).toBe(200);
  await server.close();
});

test('nothing that one client sends reaches the answer to the next client', async () => {
  const { slug } = await createEvent(one.db);
  const path = `/v1/events/${slug}`;
  const own = await one.fetch(path, {
    headers: {
      authorization: 'Bearer secret',
      cookie: 'session=1',
      'x-forwarded-host': 'evil.example',
      origin: 'https://evil.example',
    },
  });
  const text = await own.text();
  const others = await one.fetch(path);
  expect(await others.text()).toBe(text);
  expect(text).not.toContain('evil');
  for (const { headers } of [own, others]) {
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('vary')).toBe('Accept-Encoding');
    expect([...headers.values()].join()).not.toContain('evil');
  }
});
