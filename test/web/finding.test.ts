import { Hono } from 'hono';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkCardRoutes } from '../../src/web/server/link-card-routes.ts';
import type { PublicReads } from '../../src/web/server/public-documents.ts';
import { daysOf } from '../../src/web/server/search.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { webRoutes } from '../../src/web/routes.ts';
import { type CatalogProcess, openCatalog } from '../../testkit/catalog/catalog-world.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { testLinkCards } from '../../testkit/processes/helpers.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

let database: TestDatabase;
let redis: TestRedis;
let catalog: CatalogProcess;
let pages: Hono;
let event: TestEvent;
let cardsAsked = 0;
const name = 'Malam </script><b>& "Laut"';

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl });
  const { publicReads } = catalog;
  const counted: typeof testLinkCards = {
    ...testLinkCards,
    jpegOf: (card) => {
      cardsAsked += 1;
      return testLinkCards.jpegOf(card);
    },
  };
  pages = new Hono()
    .route('/', linkCardRoutes({ publicReads, linkCards: counted }))
    .route('/', webRoutes({ publicReads, publicUrl: 'https://antre.example', clock: systemClock }));
  event = await createEvent(catalog.db, { event: { name }, categories: [{ price: 0 }, { price: 90_000 }] });
});
afterAll(async () => {
  await catalog.close();
  await Promise.all([database.close(), redis.close()]);
});

const htmlOf = async (path: string) => (await pages.request(path)).text();

test('an event has one canonical address and its facts for search engines; no text can end the data block', async () => {
  const html = await htmlOf(`/events/${event.slug}?lang=en&utm_source=x`);
  expect(html).toContain(`<link rel="canonical" href="https://antre.example/events/${event.slug}">`);
  const blocks = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)];
  expect(blocks).toHaveLength(1);
  const facts = JSON.parse(blocks[0]?.[1] ?? '') as Record<string, unknown>;
  expect(facts).toMatchObject({
    '@type': 'Event',
    name,
    eventStatus: 'https://schema.org/EventScheduled',
    location: { name: 'Lapangan Selatan', address: { addressLocality: 'Jakarta', addressCountry: 'ID' } },
    offers: [{ price: 0, priceCurrency: 'IDR', availability: 'https://schema.org/InStock' }, { price: 90_000 }],
    image: [expect.stringContaining(`https://antre.example/cards/events/${event.slug}/en-`)],
  });
});

test('prices are whole units for search engines, in currencies with cents, too', async () => {
  const abroad = await createEvent(catalog.db, { event: { currency: 'SGD' }, categories: [{ price: 1950 }] });
  const [, block = ''] =
    /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(await htmlOf(`/events/${abroad.slug}`)) ?? [];
  expect(JSON.parse(block)).toMatchObject({ offers: [{ price: 19.5, priceCurrency: 'SGD' }] });
  // A highest price is one in rupiah, and the page says that it leaves others out.
  const upTo = await htmlOf('/?lang=en&category=concert&priceMax=100000');
  expect(upTo).not.toContain(`/events/${abroad.slug}`);
  expect(upTo).toContain('Only events with prices in rupiah. <a href="/?category=concert&amp;lang=en">Any price</a>');
  expect(await htmlOf('/?lang=en&priceMax=0')).not.toContain('prices in rupiah');
});

test('a highest price is offered in the currencies of the events that are shown, and finds events in its currency only', async () => {
  const abroad = await createEvent(catalog.db, { event: { currency: 'MYR' }, categories: [{ price: 9000 }] });
  const dear = await createEvent(catalog.db, { event: { currency: 'MYR' }, categories: [{ price: 20_100 }] });
  const [link, dearLink] = [abroad, dear].map(({ slug }) => `/events/${slug}?lang=en`);
  const html = await htmlOf('/?lang=en');
  expect(html).toMatch(/<option value="10000-myr">Up to RM\s100\.00<\/option>/);
  expect(html).not.toContain('-usd"');
  const upTo = await htmlOf('/?lang=en&priceMax=10000-myr');
  expect(upTo).toContain(`href="${link}"`);
  for (const other of [dearLink, `/events/${event.slug}?lang=en`]) expect(upTo).not.toContain(`href="${other}"`);
  expect(upTo).toContain('<option value="10000-myr" selected>');
  expect(upTo).toContain('Only events with prices in ringgit.');
  // Free is free in every currency, and a price in no known form is none.
  for (const odd of ['10000-MYR', '10000-eur', '10000', 'myr']) {
    expect(await htmlOf(`/?lang=en&priceMax=${odd}`)).toContain(`href="${dearLink}"`);
  }
});

test('kinds are named in the language of the page, and a search by kind, day and price works without script', async () => {
  expect(await htmlOf(`/events/${event.slug}?lang=id`)).toContain('Konser · Jakarta');
  expect(await htmlOf(`/events/${event.slug}?lang=en`)).toContain('Concert · Jakarta');
  expect(await htmlOf('/?category=concert&when=month&priceMax=0')).toContain(`/events/${event.slug}`);
  expect(await htmlOf('/?category=sport')).not.toContain(`/events/${event.slug}`);
  expect(await htmlOf('/?priceMax=7&when=never')).toContain(`/events/${event.slug}`);
});

test('an organiser has a page of events; one without events looks like one that does not exist', async () => {
  const html = await htmlOf(`/o/${event.organizer.slug}`);
  expect(html).toContain('<h1>Test organizer</h1>');
  expect(html).toContain(`/events/${event.slug}`);
  expect((await pages.request('/o/nobody-at-all')).status).toBe(404);
  expect((await pages.request('/o/%3Cb%3E')).status).toBe(404);
});

test('the organiser of an event that is over or was called off has a page, to which the page of the event leads', async () => {
  const long = new Date(Date.now() - 90 * 86_400_000);
  const over = { startsAt: long, doorsOpenAt: long, endsAt: new Date(long.getTime() + 3_600_000) };
  const past = await createEvent(catalog.db, { event: over });
  const off = await createEvent(catalog.db, { event: { status: 'cancelled' } });
  const draft = await createEvent(catalog.db, { event: { status: 'draft', publishedAt: null } });
  for (const { slug, organizer } of [past, off]) {
    expect(await htmlOf(`/events/${slug}?lang=en`)).toContain(`href="/o/${organizer.slug}?lang=en"`);
    const page = await pages.request(`/o/${organizer.slug}?lang=en`);
    expect([page.status, (await page.text()).includes('No events are planned')]).toEqual([200, true]);
    expect((await pages.request(await cardOf(`/o/${organizer.slug}`))).status).toBe(200);
    expect((await catalog.fetch(`/v1/events?organizer=${organizer.slug}`)).status).toBe(200);
    expect(await (await catalog.fetch(`/v1/events?organizer=${organizer.slug}`)).json()).toMatchObject({ data: [] });
  }
  expect((await pages.request(`/o/${draft.organizer.slug}`)).status).toBe(404);
});

const cardOf = async (path: string): Promise<string> => {
  const [, address = ''] =
    /<meta property="og:image" content="https:\/\/antre\.example([^"]+)">/.exec(await htmlOf(path)) ?? [];
  return address;
};

test('a link to a page without a photo is previewed with a card in the language of the page', async () => {
  const { slug, organizer } = event;
  for (const path of ['/', `/events/${slug}`, `/o/${organizer.slug}`]) {
    const [id, en] = [await cardOf(`${path}?lang=id`), await cardOf(`${path}?lang=en`)];
    expect([id, en]).toEqual([expect.stringMatching(/\/id-\w{16}\.jpg$/), expect.stringMatching(/\/en-\w{16}\.jpg$/)]);
    const answer = await pages.request(id);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 1200, height: 630 });
    // Some messengers show no picture beyond 300 kB.
    expect(bytes.length).toBeLessThan(300_000);
    const known = await pages.request(id, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    expect(known.status).toBe(304);
  }
});

test('only what a page shows now is drawn: older versions lead to it, and drafts and nonsense have no card', async () => {
  const draft = await createEvent(catalog.db, { event: { status: 'draft' } });
  const before = cardsAsked;
  const older = await pages.request(`/cards/events/${event.slug}/id-${'0'.repeat(16)}.jpg`);
  expect([older.status, older.headers.get('location')]).toEqual([302, await cardOf(`/events/${event.slug}?lang=id`)]);
  expect(older.headers.get('cache-control')).toBe('no-store');
  const version = (await cardOf(`/events/${event.slug}`)).slice(-20);
  for (const path of [
    `events/${draft.slug}/id-${version}`,
    `events/${event.slug}/fr-${version}`,
    'o/nobody/id-x.jpg',
    'x.jpg',
  ])
    expect([path, (await pages.request(`/cards/${path}`)).status]).toEqual([path, 404]);
  expect(cardsAsked).toBe(before);
});

test('a card shows its title in every script, and is drawn once for all who ask', async () => {
  const whitePixels = async (title: string) => {
    const card = { background: '<rect width="1200" height="630"/>', logo: '', title, lines: [] };
    const [bytes, same] = await Promise.all([testLinkCards.jpegOf(card), testLinkCards.jpegOf(card)]);
    expect(same).toBe(bytes);
    return (await sharp(bytes).greyscale().raw().toBuffer()).filter((pixel) => pixel > 200).length;
  };
  expect(await whitePixels('')).toBe(0);
  for (const title of ['Senja', 'งานวัด', 'حفلة', '夜市', 'Malam </svg> & "Laut"'])
    expect([title, (await whitePixels(title)) > 4000]).toEqual([title, true]);
});

test('an event that is postponed has no date anywhere, and one that was called off keeps it', async () => {
  const [postponed, off] = [
    await createEvent(catalog.db, { event: { name: 'Tunda', postponedAt: new Date() } }),
    await createEvent(catalog.db, { event: { name: 'Batal', postponedAt: new Date(), status: 'cancelled' } }),
  ];
  const page = await htmlOf(`/events/${postponed.slug}?lang=en`);
  expect(page).toContain('<dd><strong>Postponed, new date to come</strong></dd>');
  expect(page.replace(/<section class="tickets".*/s, '')).not.toMatch(/<dd>[^<]*<strong>[^<]*\d{4}|Doors open/);
  expect(page).toContain('"eventStatus":"https://schema.org/EventPostponed"');
  expect(page).not.toContain('doorTime');
  const cards = await htmlOf(`/o/${postponed.organizer.slug}?lang=en`);
  expect(cards).toContain('<span class="card-line">Postponed, new date to come</span>');
  expect(cards).not.toContain('date-leaf');
  expect(await htmlOf(`/events/${off.slug}?lang=en`)).toContain('Doors open');
});

test('an event and the opening of its sale are saved to a calendar before anything is ordered', async () => {
  const link = (slug: string, file: string) => `href="/v1/events/${slug}/calendar/${file}"`;
  const opens = { saleOpensAt: new Date(Date.now() + 3_600_000) };
  const upcoming = await createEvent(catalog.db, { categories: [opens] });
  const page = await htmlOf(`/events/${upcoming.slug}?lang=en`);
  expect(page).toContain(link(upcoming.slug, 'event-en.ics'));
  expect(page).toContain(link(upcoming.slug, 'sale-en.ics'));
  // The map is a link, which is asked for nothing before somebody follows it.
  const map = 'https://www.google.com/maps/search/?api=1&amp;query=Lapangan+Selatan%2C+Jakarta';
  expect(page.match(/<[^>]*google[^>]*>/g)).toEqual([`<a href="${map}" rel="noreferrer noopener" target="_blank">`]);
  const open = await htmlOf(`/events/${event.slug}?lang=id`);
  expect(open).toContain(link(event.slug, 'event-id.ics'));
  expect(open).not.toContain('sale-id.ics');
  const postponed = await createEvent(catalog.db, { event: { postponedAt: new Date() } });
  expect(await htmlOf(`/events/${postponed.slug}`)).not.toContain('/calendar/event-');
});

test('crawlers get a sitemap, and are kept out of orders', async () => {
  const robots = await htmlOf('/robots.txt');
  expect(robots).toContain('Disallow: /orders/');
  expect(robots).toContain('Sitemap: https://antre.example/sitemap.xml');
  const map = await pages.request('/sitemap.xml');
  expect(map.headers.get('content-type')).toContain('application/xml');
  const text = await map.text();
  expect(text).toContain(`<loc>https://antre.example/events/${event.slug}</loc>`);
  expect(text).toContain(`<loc>https://antre.example/o/${event.organizer.slug}</loc>`);
});

test('a sitemap is made once a minute, however many ask for it: it reads every event', async () => {
  let [now, reads] = [systemClock.now(), 0];
  const publicReads: PublicReads = {
    ...catalog.publicReads,
    answerListing: (...asked) => {
      reads += 1;
      return catalog.publicReads.answerListing(...asked);
    },
  };
  const counted = webRoutes({ publicReads, publicUrl: 'https://antre.example', clock: { now: () => now } });
  const ask = async () => (await counted.request('/sitemap.xml?robot')).status;
  expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set([200]));
  expect(reads).toBe(1);
  now = new Date(now.getTime() + 61_000);
  expect([await ask(), reads]).toEqual([200, 2]);
});

test('days are counted from the reader’s day, and on a Sunday the weekend is that day', () => {
  const thursday = new Date('2026-12-03T18:00:00Z'); // Friday in Jakarta.
  expect(daysOf('today', thursday)).toEqual({ from: '2026-12-04', to: '2026-12-05' });
  expect(daysOf('weekend', thursday)).toEqual({ from: '2026-12-05', to: '2026-12-07' });
  expect(daysOf('weekend', new Date('2026-12-06T03:00:00Z'))).toEqual({ from: '2026-12-06', to: '2026-12-07' });
  expect(daysOf('week', thursday)).toEqual({ from: '2026-12-04', to: '2026-12-11' });
  expect(daysOf(undefined, thursday)).toEqual({});
});

test('browsers that ask for an icon by its old name are led to it', async () => {
  const { status, headers } = await pages.request('/favicon.ico');
  const icon = await pages.request(headers.get('location') ?? '');
  expect([status, icon.status, icon.headers.get('content-type')]).toEqual([302, 200, 'image/svg+xml']);
});

test('every page names a manifest and an icon for iPhones; the manifests have icons in the sizes that phones ask for', async () => {
  const sideOf = async (address: string) => {
    const answer = await pages.request(address);
    expect([address, answer.status, answer.headers.get('content-type')]).toEqual([address, 200, 'image/png']);
    return (await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).width;
  };
  for (const path of ['/', `/events/${event.slug}`, '/find-order', '/door']) {
    const html = await htmlOf(path);
    const manifest = /<link rel="manifest" href="([^"]+)">/.exec(html)?.[1] ?? '';
    expect(manifest).toMatch(path === '/door' ? /^\/door\/manifest/ : /^\/manifest/);
    expect(await sideOf(/<link rel="apple-touch-icon" href="([^"]+)">/.exec(html)?.[1] ?? '')).toBe(180);
    const { icons } = JSON.parse(await htmlOf(manifest)) as { icons: Record<'src' | 'sizes' | 'purpose', string>[] };
    const painted = icons.filter(({ src }) => src.endsWith('.png'));
    const kinds = painted.map(({ sizes, purpose }) => `${sizes} ${purpose}`);
    expect(kinds).toEqual(['192x192 any', '512x512 any', '512x512 maskable']);
    for (const { src, sizes } of painted) expect(Number.parseInt(sizes, 10)).toBe(await sideOf(src));
  }
});
