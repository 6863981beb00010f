import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { newOrderId } from '../../src/platform/ids.ts';
import { chooseLanguage } from '../../src/web/i18n/language.ts';
import { createEvent } from '../../testkit/factories.ts';
import { ask } from './support/ask.ts';
import { type FrontedService, startFrontedService } from './support/fronted-service.ts';
import { second, untilGone, untilSecond, withinASecond } from './support/seconds.ts';

/** Guards that in a rush the pages and their files come from the edge, in the reader's language, and that nothing private is in them. */

let fronted: FrontedService;
let port: number;

beforeAll(async () => {
  fronted = await startFrontedService();
  port = fronted.edge.port;
});
afterAll(() => fronted?.close());

const languageOf = (body: string) => /<html lang="(\w+)"/.exec(body)?.[1];
const published = async () => {
  const event = await createEvent(fronted.service.db);
  return { ...event, path: `/events/${event.slug}` };
};

describe('a page', () => {
  test(
    'is fetched from the API once for all readers of a language, with the headers that keep it safe',
    withinASecond(async () => {
      const { path } = await published();
      const [cold, warm] = [await ask(port, path), await ask(port, path)];
      expect([cold.status, warm.status, warm.body]).toEqual([200, 200, cold.body]);
      expect(warm.headers['cache-status']).toBe('edge; hit');
      expect(warm.headers['cache-control']).toBe('public, max-age=5');
      expect(warm.headers['cdn-cache-control']).toContain('s-maxage=5');
      expect(warm.headers['content-security-policy']).toContain("default-src 'none'");
      expect(warm.headers).not.toHaveProperty('access-control-allow-origin');
      expect(warm.headers).not.toHaveProperty('x-request-id');
      const unchanged = await ask(port, path, { headers: { 'if-none-match': warm.headers.etag ?? '' } });
      expect([unchanged.status, unchanged.body]).toEqual([304, '']);
      expect(fronted.arrivedAt(path)).toHaveLength(1);
    }),
  );

  test('asks the API without cookies and credentials, whoever reads it', async () => {
    const { path } = await published();
    const headers = { cookie: 'antre_session=secret', authorization: 'Bearer secret', 'x-forwarded-host': 'evil' };
    expect((await ask(port, path, { headers })).status).toBe(200);
    const [{ headers: sent } = { headers: new Headers() }] = fronted.arrivedAt(path);
    expect([...sent.keys()].toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'host',
      'x-forwarded-for',
      'x-forwarded-proto',
    ]);
  });

  test.each([
    ['/', 'city category q when priceMax cursor'],
    ['/events/SLUG', ''],
    ['/events/SLUG/queue', ''],
    ['/find-order', ''],
  ])('%s passes on the language and what it searches by, and drops the rest', async (page, names) => {
    const { slug } = await published();
    const path = page.replace('SLUG', slug);
    const values: Readonly<Record<string, string>> = { when: 'today', priceMax: '0' };
    const known = names.split(' ').filter((name) => name !== '');
    const query = [...known.map((name) => `${name}=${values[name] ?? 'sabang'}`), 'lang=en'].join('&');
    await ask(port, `${path}?utm_source=poster&${query}&%71=x&fbclid=1`);
    expect(fronted.arrivedAt(path).at(-1)?.target).toBe(`${path}?${query}`);
    await ask(port, `${path}?lang=en%0d%0a`);
    expect(fronted.arrivedAt(path).at(-1)?.target).toBe(path);
  });

  test('that searches has all parameters of the search in the case above', () => {
    const source = readFileSync('src/web/server/search.ts', 'utf8');
    const read = new Set([...source.matchAll(/query\['(\w+)'\]/g)].map(([, name]) => name));
    expect(read).toEqual(new Set(['q', 'city', 'category', 'when', 'priceMax', 'cursor']));
  });

  test(
    'of an order or a ticket is one entry for all ids',
    withinASecond(async () => {
      const ids = Array.from({ length: 3 }, () => newOrderId('evt_ABCD1234'));
      const before = fronted.arrived.length;
      for (const id of ids) expect((await ask(port, `/orders/${id}`)).status).toBe(200);
      for (const id of ids) expect((await ask(port, `/tickets/tkt_${id.slice(4)}001`)).status).toBe(200);
      for (const id of ids) expect((await ask(port, `/waiting-list/wtl_${id.slice(4)}`)).status).toBe(200);
      expect(fronted.arrived.length - before).toBe(3);
      const title = async (path: string) => /<title>([^<]*)/.exec((await ask(port, path)).body)?.[1];
      expect(await title(`/orders/${ids[0]}`)).not.toBe(await title(`/tickets/tkt_${ids[0]?.slice(4)}001`));
      expect((await ask(port, `/orders/${ids[0]?.slice(0, -1)}I`)).status).toBe(404);
    }),
  );

  test('of an event that is withdrawn is gone after three seconds', async () => {
    const { id, slug, path } = await published();
    expect((await ask(port, path)).status).toBe(200);
    const fetched = second();
    await fronted.service.db.execute(sql`update events set status = 'draft', published_at = null where id = ${id}`);
    await fronted.service.cachedReads.changed([`evt:${id}`, `slug:${slug}`]);
    await untilSecond(fetched + 4);
    const headers = { accept: 'text/html' };
    const gone = await untilGone(port, path, headers);
    expect([gone.status, gone.headers['cache-control'], gone.headers['cache-status']]).toEqual([
      404,
      'no-store',
      'edge; fwd=stale',
    ]);
  });

  test('that the edge has is shown while the API is away, and a form meets the API itself', async () => {
    const { path } = await published();
    const known = await ask(port, path);
    await fronted.sleep();
    try {
      await untilSecond(second() + 4);
      const stale = await ask(port, path);
      expect([stale.status, stale.body]).toEqual([200, known.body]);
      expect((await ask(port, path, { method: 'POST', body: 'x' })).status).toBe(502);
    } finally {
      await fronted.wake();
    }
  });
});

/** What browsers send, and what only programs do; `in` is the old code of Indonesian, `english` is none of ours. */
const preferences = [
  undefined,
  '',
  '*',
  'id',
  'en',
  'id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7',
  'en-US,en;q=0.9,id;q=0.8',
  'en-GB',
  'EN-us',
  'fr-FR,fr;q=0.9,en;q=0.8,id;q=0.7',
  'jv,id;q=0.9,en;q=0.5',
  'de, ms;q=0.8',
  'english, id',
  'id;q=0, en',
  'en;q=0, id',
  'en;q=0.0',
  'en; q=0.3',
  'fr;q=0,en;q=0.5',
  'in, en;q=0.1',
  'zh-Hans-CN,zh;q=0.9,en;q=0.8',
];

test.each(preferences)('a reader of %j gets the language that the API would choose', async (asked) => {
  const { path } = await published();
  const headers: Record<string, string> = asked === undefined ? {} : { 'accept-language': asked };
  const page = await ask(port, path, { headers });
  expect(languageOf(page.body)).toBe(chooseLanguage(undefined, asked).language);
  const [id, en] = [await ask(port, `${path}?lang=id`, { headers }), await ask(port, `${path}?lang=en`, { headers })];
  expect([languageOf(id.body), languageOf(en.body)]).toEqual(['id', 'en']);
});

describe('a file of a page', () => {
  test('is fetched once, and browsers keep it for good', async () => {
    const { path } = await published();
    const [file = ''] = /\/web\/[\w.-]+\.(?:js|css)/.exec((await ask(port, path)).body) ?? [];
    const [cold, warm] = [await ask(port, file), await ask(port, `${file}?v=2`)];
    expect([cold.status, warm.status, warm.body]).toEqual([200, 200, cold.body]);
    expect(warm.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(warm.headers['cache-status']).toBe('edge; hit');
    expect(fronted.arrivedAt(file)).toHaveLength(1);
  });

  test('that is missing is asked for again, since the next release may bring it', async () => {
    const file = '/web/of-the-next-release.js';
    expect([(await ask(port, file)).status, (await ask(port, file)).status]).toEqual([404, 404]);
    expect(fronted.arrivedAt(file)).toHaveLength(2);
  });

  test('may be the card of a link', async () => {
    const { path } = await published();
    const [card = ''] = /\/cards\/events\/[\w./-]+\.jpg/.exec((await ask(port, path)).body) ?? [];
    expect([(await ask(port, card)).status, (await ask(port, card)).status]).toEqual([200, 200]);
    expect((await ask(port, card)).headers['content-type']).toBe('image/jpeg');
    expect(fronted.arrivedAt(card)).toHaveLength(1);
  });
});
