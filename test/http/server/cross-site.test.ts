import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiDocument } from '../../../src/http/contract/api-docs.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/**
 * Guards that a page of a sibling subdomain cannot change anything with the cookie of an order, which the browser adds to its requests. Tries
 * every route of the router, so new ones are included.
 */

let world: TestService;
let orderId: string;
let cookie: string;

beforeAll(async () => {
  world = await startTestService({ PUBLIC_URL: 'http://tickets.example' });
  const event = await createEvent(world.service.db);
  const placed = await world.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer: someBuyer(),
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
  const order = (await placed.json()) as { id: string; accessToken: string };
  orderId = order.id;
  const opened = await world.fetch(`/v1/orders/${orderId}/session`, {
    method: 'POST',
    headers: { authorization: `Bearer ${order.accessToken}` },
  });
  cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterAll(() => world.close());

/** Every operation that changes something and takes an order's id. */
const unsafeRoutes = () =>
  Object.entries(openApiDocument(world.routes, 'http://localhost').paths ?? {}).flatMap(([path, item]) =>
    (['post', 'put', 'patch', 'delete'] as const)
      .filter((method) => item[method] !== undefined && path.startsWith('/v1/orders/{'))
      .map((method) => ({ method: method.toUpperCase(), path, security: item[method]?.security ?? [] })),
  );

const ticketId = 'tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001';

/** A valid body, so that the answer is about the caller. */
function bodyOf(method: string, path: string): unknown {
  if (path.endsWith('/details')) return { tickets: [{ ticketId, holderName: 'Sari' }] };
  if (path.endsWith('/transfers')) return { ticketId, holder: { name: 'Sari', email: 'sari@contoh.example' } };
  return method === 'PUT' ? { wording: '2026-11', locale: 'id' } : { method: 'any' };
}

const ask = (method: string, path: string, headers: Record<string, string>) =>
  world.fetch(path.replace(/\{[^}]+\}/, orderId), {
    method,
    headers: { cookie, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(bodyOf(method, path)),
  });

const statusOf = async () =>
  (await rowsOf<{ status: string }>(world.service.db, sql`select status from orders where id = ${orderId}`))[0]?.status;

test('a sibling subdomain cannot change anything with the cookie, and is told why', async () => {
  const takeCookies = unsafeRoutes().filter(({ security }) => security.some((kind) => 'orderCookie' in kind));
  expect(takeCookies.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
    'DELETE /v1/orders/{id}/news-consent',
    'PATCH /v1/orders/{id}/details',
    'POST /v1/orders/{id}/cancellation',
    'POST /v1/orders/{id}/payments',
    'POST /v1/orders/{id}/transfers',
    'PUT /v1/orders/{id}/news-consent',
  ]);
  for (const { method, path } of takeCookies) {
    for (const headers of [
      { 'sec-fetch-site': 'same-site', origin: 'http://blog.example' },
      { origin: 'http://blog.tickets.example' },
      {},
    ] as Record<string, string>[]) {
      const answer = await ask(method, path, headers);
      expect([answer.status, await answer.json()]).toEqual([
        403,
        expect.objectContaining({ code: 'access.cross_site' }),
      ]);
    }
  }
  expect(await statusOf()).toBe('pending_payment');
});

test('no other route takes the cookie at all', async () => {
  const others = unsafeRoutes().filter(({ security }) => !security.some((kind) => 'orderCookie' in kind));
  expect(others.length).toBeGreaterThan(0);
  for (const { method, path } of others) {
    const answer = await ask(method, path, { 'sec-fetch-site': 'same-origin', origin: 'http://tickets.example' });
    expect(answer.status, path).toBe(404);
  }
});

test('control: our own page can, and so can a client with the token', async () => {
  const answer = await ask('POST', '/v1/orders/{id}/cancellation', { origin: 'http://tickets.example' });
  expect(answer.status).toBe(202);
  expect(await statusOf()).toBe('closing');
});
