import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvent, someBuyer } from '../../testkit/factories.ts';
import { ask } from './support/ask.ts';
import { type FrontedService, startFrontedService } from './support/fronted-service.ts';

/** Guards that nothing private reaches the edge's cache, and that nothing a client sends can change what others get (S24-S26, S60). */

let fronted: FrontedService;
let port: number;
let order: { id: string; accessToken: string };

beforeAll(async () => {
  fronted = await startFrontedService({ environment: { CORS_ALLOW_ORIGINS: 'https://shop.example' } });
  port = fronted.edge.port;
  const event = await createEvent(fronted.service.db);
  const placed = await ask(port, '/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'edge-attacks-0001' },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer: someBuyer(),
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
  expect(placed.status).toBe(201);
  order = JSON.parse(placed.body) as typeof order;
});
afterAll(() => fronted?.close());

const bearer = () => ({ authorization: `Bearer ${order.accessToken}` });
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1050 - (Date.now() % 1000)));

test('pages and metrics of operators are not reachable from outside', async () => {
  const documents = [
    '/metrics',
    '/healthz',
    '/readyz',
    '/switches',
    '/dead-letters',
    '/queues',
    '/organizers',
    '/alerts',
  ];
  const tools = ['/debug/profile', '/debug/heap', '/debug/heap-snapshot', '/.env', '/.git/config', '/server-status'];
  const disguises = ['', '/', '%2f', '?x', ';x'];
  for (const path of [...documents, ...tools].flatMap((one) => disguises.map((more) => one + more)))
    for (const method of ['GET', 'POST']) {
      const headers = { authorization: 'Bearer operations', 'x-forwarded-for': '127.0.0.1' };
      const { status, body } = await ask(port, path, { method, headers });
      expect([path, status >= 400 && status < 500]).toEqual([path, true]);
      expect(body).not.toMatch(/antre_|process_cpu|"data"/);
    }
});

describe('cache deception', () => {
  const disguises = (path: string) => [
    path,
    `${path}.css`,
    `${path}/x.css`,
    `${path}/.js`,
    `${path};x.css`,
    `${path}%3bx.css`,
    `${path}%2fx.css`,
    `${path}%00.css`,
    `${path}%0a.css`,
    `${path}%0d%0aX-Y:z`,
    `${path}%3f.css`,
    `${path}%23.css`,
    `${path}?x.css`,
    `/${path}`,
    path.replaceAll('/', '//'),
    `/v1/events/..${path}`,
    `/v1/events/../..${path}`,
    `/v1/events/%2e%2e/%2e%2e${path}`,
    `/v1/events/..%2f..${path}`,
    `/v1/events/.${path}`,
    `/v1/events/x/..${path.slice(3)}`,
    `${path}/../../events`,
    `${path}%2f..%2f..%2fevents`,
    `/assets/..${path}`,
    `/assets/%2e%2e${path}`,
    `/assets\\..${path.replaceAll('/', '\\')}`,
  ];

  test('an order under any disguised address is not cached for a client without its token', async () => {
    const own = `/v1/orders/${order.id}`;
    const owner = await ask(port, own, { headers: bearer() });
    expect([owner.status, owner.headers['cache-control']]).toEqual([200, 'private, no-store']);
    for (const path of [...disguises(own), ...disguises(`${own}/tickets`)]) {
      const asOwner = await ask(port, path, { headers: bearer() });
      const asNobody = await ask(port, path);
      expect([path, asNobody.body.includes('@example.test'), asNobody.body.includes(order.id)]).toEqual([
        path,
        false,
        false,
      ]);
      // The owner's answer about the order was not kept: the edge does not even report a look-up.
      if (asOwner.body.includes(order.id)) {
        expect([path, asOwner.headers['cache-status'], asNobody.status]).toEqual([path, undefined, 404]);
        expect(asOwner.headers['cache-control']).toContain('no-store');
      }
    }
  });

  test('private answers are not cached: organisers, doors, documents of the API itself', async () => {
    const before = fronted.arrived.length;
    const paths = [
      '/v1/organizers/demo/events',
      '/v1/organizers/demo/orders',
      '/v1/events/evt_00000000/door-list',
      '/v1/events/evt_00000000/check-ins/summary',
      '/v1/sessions/current',
      '/openapi.json',
    ];
    for (const path of paths) {
      for (const headers of [{ authorization: 'Bearer wrong' }, {}]) {
        const answer = await ask(port, path, { headers });
        expect([path, answer.headers['cache-status']]).toEqual([path, undefined]);
      }
    }
    expect(fronted.arrived.length - before).toBe(paths.length * 2);
  });
});

describe('cache poisoning', () => {
  const poisons: Record<string, string>[] = [
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-proto': 'gopher', 'x-forwarded-port': '1' },
    { forwarded: 'host=evil.example;for=203.0.113.9' },
    { 'x-original-url': '/v1/orders', 'x-rewrite-url': '/v1/orders' },
    { 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE', 'x-method-override': 'DELETE' },
    { host: 'evil.example' },
    { accept: 'text/html;q=1, image/*' },
    { 'accept-language': 'xx' },
    { origin: 'https://shop.example' },
    { origin: 'null' },
    { range: 'bytes=0-1' },
    { 'cache-control': 'no-cache', pragma: 'no-cache' },
    { 'x-padding': 'x'.repeat(7000) },
    { cookie: 'antre_order=stolen; lang=xx' },
    { authorization: 'Bearer something' },
    { upgrade: 'websocket', connection: 'upgrade' },
    { expect: '100-continue' },
    { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' },
  ];

  test.each(poisons)('a cold read with %o stores the answer that every client gets', async (headers) => {
    const { slug } = await createEvent(fronted.service.db);
    const path = `/v1/events/${slug}`;
    await ask(port, path, { headers });
    const after = await ask(port, path);
    expect([after.status, after.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect(after.headers).not.toHaveProperty('set-cookie');
    expect(after.headers.vary ?? '').not.toContain('Cookie');
    expect(JSON.parse(after.body)).toMatchObject({ slug });
    expect(after.body).not.toContain('evil.example');
    // Besides the address, the API saw nothing that the client had chosen.
    const seen = fronted.arrivedAt(path).flatMap(({ headers: arrived }) => [...arrived.keys()]);
    expect(new Set(seen)).toEqual(new Set(['accept-encoding', 'host', 'x-forwarded-for', 'x-forwarded-proto']));
    expect(fronted.arrivedAt(path).every(({ method }) => method === 'GET')).toBe(true);
  });

  test.each(poisons)('a cold page with %o is the page that every reader gets', async (headers) => {
    const { slug } = await createEvent(fronted.service.db);
    const path = `/events/${slug}`;
    await ask(port, path, { headers });
    const after = await ask(port, path);
    expect([after.status, after.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(after.headers).not.toHaveProperty('set-cookie');
    expect(after.body).toContain('<html lang="id"');
    expect(after.body).not.toContain('evil.example');
    const seen = fronted.arrivedAt(path).flatMap(({ headers: arrived }) => [...arrived.entries()]);
    const names = ['accept', 'accept-encoding', 'accept-language', 'host', 'x-forwarded-for', 'x-forwarded-proto'];
    expect(new Set(seen.map(([name]) => name))).toEqual(new Set(names));
    expect(new Set(seen.flatMap(([name, value]) => (name === 'accept-language' ? [value] : [])))).toEqual(
      new Set(['id']),
    );
    expect(fronted.arrivedAt(path).every(({ method }) => method === 'GET')).toBe(true);
  });

  test('a header that is too large is refused, and no cache keeps anything of it', async () => {
    const { slug } = await createEvent(fronted.service.db);
    const refused = await ask(port, `/v1/events/${slug}`, { headers: { 'x-padding': 'x'.repeat(40_000) } });
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([431, 'request.too_large']);
    expect(refused.headers['cache-control']).toBe('no-store');
    expect((await ask(port, `/v1/events/${slug}`)).status).toBe(200);
  });

  test('credentials on a public address change nothing, in either direction', async () => {
    const { slug } = await createEvent(fronted.service.db);
    const path = `/v1/events/${slug}`;
    await nextSecond();
    const withToken = await ask(port, path, { headers: { ...bearer(), cookie: 'antre_order=x' } });
    const anonymous = await ask(port, path);
    expect(anonymous.body).toBe(withToken.body);
    expect(anonymous.headers['cache-status']).toContain('edge; hit');
    expect(fronted.arrivedAt(path)).toHaveLength(1);
  });

  test('other methods on a public address reach the API and leave no trace', async () => {
    const { slug } = await createEvent(fronted.service.db);
    const path = `/v1/events/${slug}`;
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const answer = await ask(port, path, { method, headers: { origin: 'https://shop.example' } });
      expect([method, answer.headers['cache-status']]).toEqual([method, undefined]);
      expect(fronted.arrivedAt(path).at(-1)?.method).toBe(method);
    }
    expect((await ask(port, path)).status).toBe(200);
  });

  test('headers that name another client, address or method do not reach the API on private addresses either', async () => {
    const names = Object.assign({}, ...poisons.slice(0, 5)) as Record<string, string>;
    await ask(port, `/v1/orders/${order.id}`, { headers: { ...names, ...bearer(), 'x-real-ip': '203.0.113.9' } });
    const seen = fronted.arrived.at(-1)?.headers;
    expect(seen?.get('authorization')).toBe(bearer().authorization);
    for (const name of [...Object.keys(names), 'x-real-ip'].filter((key) => key !== 'x-forwarded-proto')) {
      expect([name, seen?.get(name)]).toEqual([name, null]);
    }
    expect(seen?.get('x-forwarded-proto')).toBe('http');
  });
});

test('an answer that sets a cookie is never cached, and the cookie arrives', async () => {
  const paths = [`/v1/orders/${order.id}/session`];
  for (const path of paths) {
    const answer = await ask(port, path, { method: 'POST', headers: bearer() });
    expect(answer.headers['set-cookie']?.[0]).toContain('antre_order=');
    const again = await ask(port, path, { method: 'POST' });
    expect([again.status, again.headers['set-cookie']]).toEqual([404, undefined]);
  }
});
