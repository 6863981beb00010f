import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listingQuery } from '../../src/catalog/schemas.ts';
import { untilRenewed } from '../../testkit/catalog/catalog-world.ts';
import { createEvent } from '../../testkit/factories.ts';
import { ask } from './support/ask.ts';
import { type FrontedService, startFrontedService } from './support/fronted-service.ts';
import { pause, second, untilGone, untilSecond, withinASecond } from './support/seconds.ts';

/**
 * Guards that public reads cost the API one request per key and second or two, and that nobody notices when the API is
 * down.
 */

let fronted: FrontedService;
let port: number;
const db = () => fronted.service.db;

beforeAll(async () => {
  fronted = await startFrontedService();
  port = fronted.edge.port;
});
afterAll(() => fronted?.close());

describe('a public read', () => {
  test(
    'is fetched from the API once, and Cache-Status says so',
    withinASecond(async () => {
      const { slug } = await createEvent(db());
      const path = `/v1/events/${slug}`;
      const [cold, warm] = [await ask(port, path), await ask(port, path)];
      expect(cold.headers['cache-status']).toBe('antre; fwd=miss; stored, edge; fwd=uri-miss');
      expect(warm.headers['cache-status']).toBe('antre; fwd=miss; stored, edge; hit');
      expect([warm.status, warm.body, warm.headers.etag]).toEqual([200, cold.body, cold.headers.etag]);
      expect(fronted.arrivedAt(path)).toHaveLength(1);
      // Headers for us stay with us; headers for a CDN are passed on.
      expect(warm.headers['cache-control']).toBe('public, max-age=20');
      expect(warm.headers['cdn-cache-control']).toContain('s-maxage=20');
      expect(warm.headers['surrogate-key']).toContain('event');
      expect(warm.headers).not.toHaveProperty('x-accel-expires');
      expect(warm.headers['server']).toBe('nginx');
    }),
  );

  test(
    'answers HEAD and If-None-Match from the same entry',
    withinASecond(async () => {
      const { slug } = await createEvent(db());
      const path = `/v1/events/${slug}/ticket-categories`;
      const head = await ask(port, path, { method: 'HEAD' });
      const whole = await ask(port, path);
      expect([head.status, head.body]).toEqual([200, '']);
      expect(whole.headers['cache-status']).toContain('edge; hit');
      const etag = whole.headers.etag ?? '';
      const unchanged = await ask(port, path, { headers: { 'if-none-match': etag } });
      expect([unchanged.status, unchanged.body, unchanged.headers.etag]).toEqual([304, '', etag]);
      const other = await ask(port, path, { headers: { 'if-none-match': '"another"' } });
      expect(other.status).toBe(200);
      expect(fronted.arrivedAt(path)).toHaveLength(1);
    }),
  );

  test(
    'is kept once per encoding, however a client spells Accept-Encoding',
    withinASecond(async () => {
      const categories = Array.from({ length: 12 }, () => ({ capacity: 10 }));
      const { slug } = await createEvent(db(), { categories });
      const path = `/v1/events/${slug}/ticket-categories`;
      const encodingOf = async (accept: string) =>
        (await ask(port, path, { headers: { 'accept-encoding': accept } })).headers['content-encoding'];
      expect(await encodingOf('gzip, deflate, br, zstd')).toBe('br');
      expect(await encodingOf('br;q=0.5,gzip')).toBe('br');
      expect(await encodingOf('deflate, gzip;q=1.0, *;q=0.5')).toBe('gzip');
      expect(await encodingOf('br;q=0, gzip')).toBe('gzip');
      expect(await encodingOf('br;q=0.0')).toBeUndefined();
      expect(await encodingOf('sugar, brown, ungzip')).toBeUndefined();
      const answer = await ask(port, path, { headers: { 'accept-encoding': 'gzip' } });
      expect(answer.headers.vary).toBe('Accept-Encoding');
      expect(fronted.arrivedAt(path)).toHaveLength(3);
    }),
  );

  test(
    'is fetched once for a hundred concurrent cold requests',
    withinASecond(async () => {
      const { slug } = await createEvent(db());
      const path = `/v1/events/${slug}/schedule`;
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask(port, path)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(fronted.arrivedAt(path)).toHaveLength(1);
    }),
  );

  test('costs the API at most one request a second at any load (T68)', async () => {
    const { slug } = await createEvent(db());
    const path = `/v1/events/${slug}/availability`;
    const began = Date.now();
    await ask(port, path);
    const until = Date.now() + 3000;
    let answered = 0;
    const poll = async () => {
      while (Date.now() < until) {
        const { status } = await ask(port, path);
        expect(status).toBe(200);
        answered += 1;
      }
    };
    await Promise.all(Array.from({ length: 16 }, poll));
    expect(answered).toBeGreaterThan(100);
    const seconds = Math.ceil((Date.now() - began) / 1000);
    expect(fronted.arrivedAt(path).length).toBeLessThanOrEqual(seconds + 1);
  });
});

/** These wait for seconds to pass, and wait together. */
describe.concurrent('a public read after its time', () => {
  test('is refreshed in the background of a request just after its time', async () => {
    const { slug, id } = await createEvent(db());
    const path = `/v1/events/${slug}`;
    await untilSecond(second() + 1);
    const fetched = second();
    await ask(port, path);
    await db().execute(sql`update events set name = 'Another name' where id = ${id}`);
    await fronted.service.cachedReads.changed([`evt:${id}`]);
    await untilRenewed(fronted, path);
    await untilSecond(fetched + 2);
    const stale = await ask(port, path);
    expect(stale.headers['cache-status']).toContain('edge; hit; detail=stale');
    // Until the answer has come, the edge goes on sending the stale one.
    await expect.poll(async () => (await ask(port, path)).headers['cache-status']).toMatch(/edge; hit$/);
    expect((await ask(port, path)).body).toContain('Another name');
    expect(fronted.arrivedAt(path)).toHaveLength(2);
  });

  test('is never older than three seconds, even when it is rarely asked for', async () => {
    const { slug, id } = await createEvent(db());
    const path = `/v1/events/${slug}/availability`;
    await ask(port, path);
    const fetched = second();
    await db().execute(sql`update stock set available = 0, sold = capacity where event_id = ${id}`);
    await untilSecond(fetched + 4);
    const answer = await ask(port, path);
    expect(answer.headers['cache-status']).toContain('edge; fwd=stale');
    expect(answer.body).toContain('"none"');
  });

  test('is replaced: an unpublished event is gone after three seconds', async () => {
    const { slug, id } = await createEvent(db());
    const path = `/v1/events/${slug}`;
    expect((await ask(port, path)).status).toBe(200);
    const fetched = second();
    await db().execute(sql`update events set status = 'draft', published_at = null where id = ${id}`);
    await fronted.service.cachedReads.changed([`evt:${id}`, `slug:${slug}`]);
    await untilSecond(fetched + 4);
    expect((await untilGone(port, path)).status).toBe(404);
    expect((await ask(port, '/v1/events?limit=0')).status).toBe(400);
    expect((await ask(port, '/v1/events?limit=0')).headers['cache-control']).toBe('no-store');
  });
});

describe('the listing', () => {
  test(
    'has one entry for all spellings of a question, and one for each question',
    withinASecond(async () => {
      await createEvent(db(), { event: { city: 'Sabang' } });
      const same = [
        '/v1/events?city=Sabang&limit=5',
        '/v1/events?limit=5&city=Sabang',
        '/v1/events?utm_source=poster&city=Sabang&limit=5&x=%0d%0aSet-Cookie:a=b',
        '/v1/events?city=Sabang&limit=5&fbclid=1&q=',
      ];
      const answers = [];
      for (const path of same) answers.push(await ask(port, path));
      expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const other = await ask(port, '/v1/events?city=Sabang&limit=6');
      expect(other.headers['cache-status']).toContain('edge; fwd=uri-miss');
      const after = fronted.arrived.slice(-2).map(({ target }) => target);
      expect(after).toEqual(['/v1/events?city=Sabang&limit=5', '/v1/events?city=Sabang&limit=6']);
    }),
  );

  test('passes on every parameter that the API knows', async () => {
    const values: Readonly<Record<string, string>> = {
      from: '2030-01-01',
      to: '2030-02-01',
      priceMax: '0',
      currency: 'USD',
      limit: '3',
    };
    for (const name of Object.keys(listingQuery.shape)) {
      const target = `/v1/events?${name}=${values[name] ?? 'sabang'}`;
      await ask(port, target);
      expect(fronted.arrived.at(-1)?.target).toBe(target);
    }
  });

  test('cannot be poisoned by a parameter in a spelling that only the API reads', async () => {
    await createEvent(db(), { event: { city: 'Biak' } });
    await untilSecond(second() + 1);
    await ask(port, '/v1/events?%63ity=Nowhere');
    await ask(port, '/v1/events?city%00=Nowhere');
    await ask(port, '/v1/events?x=1;city=Nowhere');
    const plain = await ask(port, '/v1/events');
    expect(plain.body).toContain('Biak');
    const split = await ask(port, '/v1/events?q=Biak%26city%3DNowhere%23');
    expect(split.status).toBe(200);
    expect(fronted.arrived.at(-1)?.target).toBe('/v1/events?q=Biak%26city%3DNowhere%23');
  });
});

describe('while the API is away', () => {
  test('cached answers are still served, marked as stale; other requests get a problem document, and people a page', async () => {
    const { slug } = await createEvent(db());
    const path = `/v1/events/${slug}`;
    const known = await ask(port, path);
    await fronted.sleep();
    try {
      await pause(4000);
      const stale = await ask(port, path);
      expect([stale.status, stale.body]).toEqual([200, known.body]);
      expect(stale.headers['cache-status']).toContain('edge; hit; detail=stale');
      const unknown = await ask(port, '/v1/events/not-seen-before');
      expect([unknown.status, unknown.headers['content-type'], unknown.headers['cache-control']]).toEqual([
        502,
        'application/problem+json',
        'no-store',
      ]);
      expect(JSON.parse(unknown.body)).toMatchObject({ status: 502, code: 'service.unavailable' });
      expect(unknown.headers['retry-after']).toBe('2');
      const person = { accept: 'text/html,*/*;q=0.8' };
      const page = await ask(port, '/events/any/queue?lang=en', { headers: person });
      expect([page.status, page.headers['content-type']]).toEqual([502, 'text/html; charset=utf-8']);
      expect(page.body).toMatch(/<html lang="id">[^]*Sebentar, ya[^]*<p lang="en">One moment/);
      expect(page.headers['retry-after']).toBe('2');
      const people = Array.from({ length: 20 }, () => ask(port, '/events/any/queue', { headers: person }));
      const seconds = (await Promise.all(people)).map(({ headers }) => headers['refresh']);
      expect(seconds.filter((one) => !['10', '20', '30', '40'].includes(String(one)))).toEqual([]);
      expect(new Set(seconds).size).toBeGreaterThan(1);
      const form = await ask(port, '/desk/sign-in', { method: 'POST', headers: person });
      expect([form.status, form.headers['refresh']]).toEqual([502, undefined]);
      const read = await ask(port, '/v1/orders/x', { headers: person });
      expect([read.status, read.headers['content-type']]).toEqual([502, 'application/problem+json']);
      const order = await ask(port, '/v1/orders', { method: 'POST', body: '{}' });
      expect([order.status, JSON.parse(order.body).code]).toEqual([502, 'service.unavailable']);
    } finally {
      await fronted.wake();
    }
    expect((await ask(port, '/v1/events/not-seen-before')).status).toBe(404);
  });
});

describe('a failed answer', () => {
  test('is not cached: an event that is published a moment later is served', async () => {
    const { slug, id } = await createEvent(db(), { event: { status: 'draft', publishedAt: null } });
    const path = `/v1/events/${slug}`;
    const missing = await ask(port, path);
    expect([missing.status, missing.headers['cache-control']]).toEqual([404, 'no-store']);
    await db().execute(sql`update events set status = 'published', published_at = now() where id = ${id}`);
    await fronted.service.cachedReads.changed([`evt:${id}`, `slug:${slug}`]);
    expect((await ask(port, path)).status).toBe(200);
  });
});
