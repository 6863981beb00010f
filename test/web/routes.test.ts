import { eq } from 'drizzle-orm';
import type { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { events } from '../../src/catalog/tables.ts';
import { newOrderId } from '../../src/platform/ids.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { webRoutes } from '../../src/web/routes.ts';
import { type CatalogProcess, openCatalog, untilRenewed } from '../../testkit/catalog/catalog-world.ts';
import { type CutWire, layWire } from '../../testkit/services/cut-wire.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { createEvent } from '../../testkit/factories.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

let database: TestDatabase;
let redis: TestRedis;
let wire: CutWire;
let catalog: CatalogProcess;
let pages: Hono;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  wire = await layWire(database.url);
  catalog = await openCatalog({ databaseUrl: wire.url, redisUrl: redis.cacheUrl, callTimeoutMs: 1000 });
  pages = webRoutes({ publicReads: catalog.publicReads, publicUrl: 'https://antre.example', clock: systemClock });
});
afterAll(async () => {
  await wire.mend();
  await catalog.close();
  await wire.close();
  await Promise.all([database.close(), redis.close()]);
});

const get = (path: string, headers: Record<string, string> = {}) => pages.request(path, { headers });
const hostile = `<script>alert(1)</script><img src=x onerror="alert(2)">'"&`;

function orderPath(): string {
  return `/orders/${newOrderId('evt_7K3M9XQ2')}`;
}

async function allPaths(): Promise<string[]> {
  const { slug, organizer } = await createEvent(catalog.db);
  return [
    '/',
    `/events/${slug}`,
    `/o/${organizer.slug}`,
    orderPath(),
    '/find-order',
    '/desk/invitation',
    '/desk/password-reset',
    '/door',
  ];
}

test('every page forbids features that it does not need, has no inline script or style, and asks only our own origin', async () => {
  for (const path of await allPaths()) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy.split('; ')).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('permissions-policy')).toContain(path === '/door' ? 'camera=(self)' : 'camera=()');
    const html = await answer.text();
    expect(html).not.toMatch(/<script(?! type="application\/ld\+json">)(?![^>]* src="\/web\/)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
    // Links for readers and addresses for search engines load nothing.
    const loading = html.replaceAll(
      /<a [^>]*rel="noreferrer noopener"[^>]*>|<link rel="(?:canonical|alternate)"[^>]*>/g,
      '',
    );
    expect(loading).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//);
  }
});

test('the browser itself can never send a form with personal data: it would stand in the address', async () => {
  for (const path of await allPaths()) {
    const answer = await get(path);
    const action = path === '/' ? "form-action 'self'" : "form-action 'none'";
    expect(answer.headers.get('content-security-policy')).toContain(action);
    for (const [form] of (await answer.text()).matchAll(/<form[^>]*>/g)) {
      expect(form).toContain(path === '/' ? 'method="get"' : 'method="post"');
    }
  }
});

test('pages are for everybody: cacheable, no cookie, no credential changes them, nothing private in them', async () => {
  const path = orderPath();
  const plain = await get(path);
  expect(plain.headers.get('cache-control')).toMatch(
    /^public, max-age=\d+, stale-while-revalidate=1, stale-if-error=\d+$/,
  );
  expect(plain.headers.get('set-cookie')).toBeNull();
  expect(plain.headers.get('x-robots-tag')).toBe('noindex');
  const html = await plain.text();
  expect(html).not.toContain(path.slice('/orders/'.length));
  const withCredentials = await get(path, { cookie: 'antre_order=secret-one', authorization: 'Bearer secret-two' });
  expect(await withCredentials.text()).toBe(html);
  expect(await (await get(orderPath())).text()).toBe(html);
  expect(await (await get(`${path}?token=secret-three&order_id=x`)).text()).toBe(html);
});

test('cache deception: only the exact address of an order is its page', async () => {
  const path = orderPath();
  const all = ['/x.css', '.css', ';x.css', '%2fx.js', '%00.js', '%0ax', '/', '/..%2f'].map(
    (suffix) => `${path}${suffix}`,
  );
  for (const deceptive of [...all, '/orders/1', `/orders/${path.slice(8).toLowerCase()}`]) {
    const answer = await get(deceptive);
    expect([deceptive, answer.status]).toEqual([deceptive, 404]);
    expect(answer.headers.get('cache-control') ?? 'no-store').toBe('no-store');
  }
});

test('the text of organisers stays text: in titles, attributes, addresses and search', async () => {
  const { slug } = await createEvent(catalog.db, {
    event: {
      name: hostile,
      summary: hostile,
      description: `${hostile}\n\n${hostile}`,
      venue: hostile,
      address: hostile,
    },
    categories: [{ name: hostile, description: hostile }],
  });
  for (const path of [
    `/events/${slug}`,
    `/?q=${encodeURIComponent(hostile)}&city=${encodeURIComponent(hostile)}`,
    '/?category=concert',
  ]) {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<img');
    expect(html).not.toMatch(/="[^"]*<script/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  }
});

test('an event page says what the API says, and follows a change at once', async () => {
  const { slug, id } = await createEvent(catalog.db, {
    categories: [
      { name: 'Tribun', price: 525_000, capacity: 1000 },
      { name: 'Gratis', price: 0, capacity: 5 },
      { name: 'Nanti', saleOpensAt: new Date(Date.now() + 3_600_000) },
    ],
  });
  const first = await get(`/events/${slug}?lang=id`);
  const html = await first.text();
  expect(html).toContain('Rp\u00a0525.000');
  expect(html).toMatch(/data-state="open" data-band="many"/);
  expect(html).toMatch(/data-state="open" data-band="last"/);
  expect(html).toMatch(/data-state="upcoming"/);
  expect(first.headers.get('surrogate-key')).toBe(`${id} event page`);
  const etag = first.headers.get('etag') ?? '';
  const again = await get(`/events/${slug}?lang=id`, { 'if-none-match': etag });
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
  await catalog.db.update(events).set({ name: 'Nama Baru' }).where(eq(events.id, id));
  await catalog.cachedReads.changed([`evt:${id}`]);
  await untilRenewed(catalog, `/v1/events/${slug}`);
  const changed = await get(`/events/${slug}?lang=id`, { 'if-none-match': etag });
  expect(changed.status).toBe(200);
  expect(await changed.text()).toContain('<h1>Nama Baru</h1>');
});

test('the language is the requested one, else the browser’s, else Indonesian', async () => {
  const languageOf = async (path: string, accepted?: string) => {
    const answer = await get(path, accepted === undefined ? {} : { 'accept-language': accepted });
    return [/<html lang="(\w+)"/.exec(await answer.text())?.[1], answer.headers.get('vary')];
  };
  const either = 'Accept-Encoding, Accept-Language';
  expect(await languageOf('/find-order')).toEqual(['id', either]);
  expect(await languageOf('/find-order', 'en-GB,en;q=0.8,id;q=0.9')).toEqual(['en', either]);
  expect(await languageOf('/find-order', 'de, en;q=0.5, id;q=0.7')).toEqual(['id', either]);
  expect(await languageOf('/find-order', 'en;q=0, fr')).toEqual(['id', either]);
  expect(await languageOf('/find-order?lang=en', 'id')).toEqual(['en', 'Accept-Encoding']);
  const asked = await (await get('/find-order?lang=en')).text();
  expect(asked).toContain('href="/?lang=en"');
  expect(await (await get('/find-order')).text()).toContain('href="/"');
});

test('a cache that heeds Vary gives nobody a page in the language of somebody else, however the address is written', async () => {
  for (const path of [...(await allPaths()), '/manifest.webmanifest', '/door/manifest.webmanifest']) {
    for (const query of [
      '',
      '?lang=de',
      '?lang=',
      '?lang=EN',
      '?lang=de&lang=en',
      '?LANG=en',
      '?lang=en',
      '?x=1&lang=id',
    ]) {
      const [english, indonesian] = [
        await get(`${path}${query}`, { 'accept-language': 'en' }),
        await get(`${path}${query}`, { 'accept-language': 'id' }),
      ];
      const isSame = (await english.text()) === (await indonesian.text());
      for (const { headers } of [english, indonesian]) {
        expect([path, query, isSame || (headers.get('vary') ?? '').includes('Accept-Language')]).toEqual([
          path,
          query,
          true,
        ]);
      }
    }
  }
});

test('no header changes a page but those that Vary names, and none leads to another page', async () => {
  const odd = {
    'x-forwarded-host': 'evil.example',
    'x-original-url': '/v1/orders',
    'x-rewrite-url': '/v1/orders',
    'x-http-method-override': 'DELETE',
    accept: 'text/plain;q=0, */*;q=NaN',
    cookie: 'antre_language=en; antre_staff=x',
    origin: 'https://evil.example',
    'x-padding': 'x'.repeat(7000),
  };
  for (const path of await allPaths()) {
    const [plain, poisoned] = [await get(path), await get(path, odd)];
    expect([path, poisoned.status, await poisoned.text()]).toEqual([path, 200, await plain.text()]);
    expect([...poisoned.headers]).toEqual([...plain.headers]);
  }
});

test('files of pages are compressed, named by their content and cached for ever', async () => {
  const html = await (await get(orderPath())).text();
  const addresses = [...html.matchAll(/(?:src|href)="(\/web\/[^"]+)"/g)].map(([, address]) => address ?? '');
  expect(addresses.length).toBeGreaterThanOrEqual(3);
  let scriptBytes = 0;
  for (const address of addresses) {
    const answer = await get(address, { 'accept-encoding': 'gzip' });
    expect([address, answer.status]).toEqual([address, 200]);
    expect(address).toMatch(/-[A-Z0-9]{8}\.(?:js|css|svg|png)$/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const { byteLength } = await answer.arrayBuffer();
    if (address.endsWith('.js')) scriptBytes += byteLength;
  }
  // With styles and the page itself an order stays far below 60 kB.
  expect(scriptBytes).toBeLessThan(25_000);
  const brotli = await get(addresses[0] ?? '', { 'accept-encoding': 'gzip, br' });
  expect(brotli.headers.get('content-encoding')).toBe('br');
  const plain = await get(addresses[0] ?? '', { 'accept-encoding': 'gzip;q=0, br;q=0.0' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  for (const path of ['/web/none.js', '/web/entries.json', '/web/..%2fentries.json', '/web/%2e%2e/package.json']) {
    expect((await get(path)).status).toBe(404);
  }
});

test('an unknown address has a page too; when the database is away, the last page is shown', async () => {
  for (const path of ['/events/there-is-none', '/events/NOT-A-SLUG', '/?cursor=forged']) {
    const answer = await get(path);
    expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 404, 'no-store']);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
  const { slug } = await createEvent(catalog.db);
  const unseen = await createEvent(catalog.db);
  expect((await get(`/events/${slug}`)).status).toBe(200);
  await wire.cut();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await get(`/events/${slug}`)).status).toBe(200);
  const busy = await get(`/events/${unseen.slug}`);
  expect([busy.status, busy.headers.get('cache-control')]).toEqual([503, 'no-store']);
  expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0);
  await wire.mend();
});
