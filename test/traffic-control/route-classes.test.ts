import { describe, expect, it } from 'vitest';
import { orderAccessToken } from '../../src/access/index.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { type RouteClass, ruleOf } from '../../src/traffic-control/route-rules.ts';
import { readOperations } from '../../testkit/security/operations.ts';
import { useSeenClasses } from './support/seen-classes.ts';

/**
 * Guards that only a route has a class: requests that no route serves, and requests with a made-up credential, have the
 * lowest one, are limited, and cost no query. All routes of the router are tried.
 */

const classified = useSeenClasses();
const { addressOf, ask } = classified;

const classes: Record<string, RouteClass> = {
  'POST /v1/callbacks/midtrans/{organizerSlug}': 0,
  'GET /v1/callbacks/whatsapp/{senderId}': 0,
  'POST /v1/callbacks/mail': 0,
  'POST /v1/check-ins': 1,
  'POST /v1/check-ins/batch': 1,
  'GET /v1/events/{id}/door-list': 1,
  'POST /v1/events/{id}/guest-searches': 1,
  'GET /v1/events/{id}/check-ins/summary': 1,
  'GET /v1/orders/{id}': 1,
  'HEAD /v1/orders/{id}': 1,
  'GET /v1/orders/{id}/tickets': 1,
  'GET /v1/orders/{id}/tickets.pdf': 4,
  'POST /v1/orders/{id}/payments': 1,
  'POST /v1/orders': 2,
  'POST /v1/sessions': 2,
  'GET /v1/sessions/current': 1,
  'POST /v1/events/{slug}/queue/passes': 3,
  'POST /v1/events/{slug}/queue/places': 3,
  'POST /v1/buyers/verifications': 3,
  'POST /v1/buyers/phone-readings': 4,
  'GET /v1/events/{slug}': 4,
  'GET /v1/events/{slug}/queue': 4,
  'GET /v1/events': 4,
  'POST /v1/orders/lookups': 4,
  'GET /': 4,
  'GET /orders/{id}': 1,
  'GET /web/{file}': 1,
  'GET /door/web/{file}': 1,
  'GET /openapi.json': 4,
  'GET /status.json': 1,
  'GET /v1/organizers/{slug}/reports/{reportId}/file': 5,
  'POST /v1/report-downloads': 5,
  'POST /v1/organizers/{slug}/events': 5,
};

describe('a route', () => {
  it.each(Object.entries(classes))('%s is of class %i', (name, expected) => {
    const [method = '', template = ''] = name.split(' ');
    expect(classified.routes).toContainEqual({ method: method === 'HEAD' ? 'GET' : method, template });
    expect(ruleOf(method, template).class).toBe(expected);
  });

  it.each(['/openapi.json', '/sitemap.xml', '/docs/{asset}'])(
    '%s, which may be a megabyte, has the limit of documents',
    (template) => {
      expect(classified.routes).toContainEqual({ method: 'GET', template });
      expect(ruleOf('GET', template).limits).toContain('documents');
    },
  );

  it('that a scanner calls is refused after all others; only its live counters may go sooner', () => {
    const ofScanners = readOperations().filter(
      ({ kinds, method }) => kinds.includes('deviceToken') && method !== 'DELETE',
    );
    expect(ofScanners.length).toBeGreaterThan(6);
    for (const { method, path } of ofScanners) {
      expect([path, ruleOf(method, path).class]).toEqual([path, path.endsWith('/stream') ? 3 : 1]);
    }
  });

  it('of each kind is found by the router before anything else happens', async () => {
    expect(classified.routes.length).toBeGreaterThan(80);
    for (const { method, template } of classified.routes) {
      const { class: expected, bearer } = ruleOf(method, template);
      await ask(method, addressOf(template));
      if (expected === 0) expect([template, classified.seen]).toEqual([template, undefined]);
      // Two templates of one shape share an address: the first of them serves it.
      else if (bearer === undefined) expect([template, classified.seen?.class]).toEqual([template, expected]);
    }
  });

  it('has its class for this method and address alone', async () => {
    const served = new Set(classified.routes.map(({ method, template }) => `${method} ${template}`));
    for (const { template } of classified.routes.filter(({ method, template: of }) => ruleOf(method, of).class <= 3)) {
      const address = addressOf(template);
      const besides = [
        `${address}/`,
        `${address}/more`,
        `/${address}`,
        address.replace('/v1/', '/V1/'),
        address.replace('/v1/', '/v2/'),
      ].map((path) => ['POST', path] as const);
      const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']
        .filter((method) => !served.has(`${method} ${template}`))
        .map((method) => [method, address] as const);
      for (const [method, path] of [...besides, ...others]) {
        const { status } = await ask(method, path);
        if (classified.seen?.route !== undefined && classified.seen.route !== template) continue;
        expect([method, path, classified.seen?.class, classified.seen?.route]).toEqual([method, path, 5, undefined]);
        expect([method, path, status]).toEqual([method, path, 404]);
      }
    }
  });

  it('gives its class to the preflight of a browser, except callbacks', async () => {
    const asked = async (method: string | undefined, path: string) => {
      await ask('OPTIONS', path, {
        origin: 'https://shop.example',
        ...(method === undefined ? {} : { 'access-control-request-method': method }),
      });
      return classified.seen?.class;
    };
    expect(await asked('POST', '/v1/orders')).toBe(2);
    expect(await asked('GET', addressOf('/v1/orders/{id}'))).toBe(1);
    expect(await asked('POST', '/v1/callbacks/midtrans/some-organizer')).toBe(5);
    expect(await asked('POST', '/v1/callbacks/nobody')).toBe(5);
    expect(await asked('PROPFIND', '/v1/orders')).toBe(5);
    expect(await asked(undefined, '/v1/orders')).toBe(5);
  });
});

describe('a network', () => {
  const from = { 'x-forwarded-for': '203.0.113.9' };
  const post = (path: string, headers: Record<string, string>) =>
    classified.app.fetch(
      new Request(`http://localhost${path}`, {
        method: 'POST',
        headers: { ...from, 'content-type': 'application/json', ...headers },
        body: '{}',
      }),
    );

  let network = 0;
  it.each(['access.unauthenticated', 'access.link_invalid', 'queue.place_invalid', 'queue.pass_invalid'])(
    'is refused in the end for requests that are answered %s, past the router and through it',
    async (code) => {
      const { refuseFailure } = classified.world.service;
      network += 1;
      const asked = {
        method: 'POST',
        path: '/v1/orders',
        remoteAddress: `198.51.${network & 255}.7`,
        header: () => undefined,
      };
      const failed = async () => (await refuseFailure(new DomainError(code, 'no'), asked))?.status;
      for (let time = 0; time < 290; time += 1) expect(await failed()).toBeUndefined();
      for (let time = 0; time < 20; time += 1) await failed();
      expect(await failed()).toBe(429);
      expect(await refuseFailure(new DomainError('stock.sold_out', 'none left'), asked)).toBeUndefined();
      expect(await refuseFailure(new Error('a fault'), asked)).toBeUndefined();
    },
  );

  it('is limited for failing credentials, and clients with a valid credential are served there', async () => {
    const bad = () => post('/v1/check-ins', { authorization: `Bearer antre_key_${'A'.repeat(65)}` });
    const statuses: number[] = [];
    for (let time = 0; time < 310; time += 1) statuses.push((await bad()).status);
    // A process takes points a few at a time, and is strict with the last of them.
    expect(statuses.slice(0, 290)).toEqual(Array.from({ length: 290 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
    const refused = (await (await bad()).json()) as { 'violated-policies': string[] };
    expect(refused['violated-policies']).toEqual(['credential_failures']);
    const orderId = `ord_${'7'.repeat(28)}`;
    const stranger = await classified.app.fetch(
      new Request(`http://localhost/v1/orders/${orderId}`, { headers: from }),
    );
    expect(stranger.status).toBe(429);
    const token = orderAccessToken('test-only-order-token-secret-0123456789', orderId, 1);
    const own = await classified.app.fetch(
      new Request(`http://localhost/v1/orders/${orderId}`, { headers: { ...from, authorization: `Bearer ${token}` } }),
    );
    expect(own.status).toBe(404);
    expect((await classified.app.fetch(new Request('http://localhost/v1/events', { headers: from }))).status).toBe(200);
  });
});
