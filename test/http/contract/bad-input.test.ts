import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../src/http/contract/api-docs.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { problems } from '../../../src/problems.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Bad input, wherever it enters: a 4xx problem document with a stable code, and nothing changed. */

let world: TestService;
let event: TestEvent;

beforeAll(async () => {
  world = await startTestService();
  event = await createEvent(world.service.db);
});
afterAll(() => world.close());

async function expectProblem(response: Response, statuses: readonly number[]): Promise<Record<string, unknown>> {
  const text = await response.text();
  expect(statuses, text).toContain(response.status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body: Record<string, unknown> = JSON.parse(text);
  expect(Object.keys(problems)).toContain(body['code']);
  expect(body['status']).toBe(response.status);
  expect(text).not.toMatch(/at .*\.ts|select |insert |node_modules|127\.0\.0\.1/);
  return body;
}

async function rowCounts() {
  return rowsOf(
    world.service.db,
    sql`select (select count(*)::int from orders) as orders, (select count(*)::int from outbox) as outbox,
               (select sum(held)::int from stock) as held, (select count(*)::int from limit_counters) as counters`,
  );
}

const order = () => ({
  eventSlug: event.slug,
  buyer: someBuyer(),
  lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
});
const post = (body: string, headers: Record<string, string> = {}) =>
  world.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
    body,
  });

describe('an order', () => {
  const wrong: Record<string, (good: ReturnType<typeof order>) => unknown> = {
    'a string for a quantity': (good) => ({ ...good, lines: [{ ...good.lines[0], quantity: '1' }] }),
    'a negative quantity': (good) => ({ ...good, lines: [{ ...good.lines[0], quantity: -1 }] }),
    'no quantity at all': (good) => ({ ...good, lines: [{ ...good.lines[0], quantity: 0 }] }),
    'a broken quantity': (good) => ({ ...good, lines: [{ ...good.lines[0], quantity: 1.5 }] }),
    'a huge quantity': (good) => ({ ...good, lines: [{ ...good.lines[0], quantity: 1e9 }] }),
    'a quantity that is a list': (good) => ({ ...good, lines: [{ ...good.lines[0], quantity: [1] }] }),
    'a category twice': (good) => ({ ...good, lines: [good.lines[0], good.lines[0]] }),
    'no lines': (good) => ({ ...good, lines: [] }),
    'too many lines': (good) => ({ ...good, lines: Array.from({ length: 200 }, () => good.lines[0]) }),
    'a malformed category': (good) => ({ ...good, lines: [{ ...good.lines[0], ticketCategoryId: "cat_' or 1=1 --" }] }),
    'a price': (good) => ({ ...good, unitPrice: 0 }),
    'a status': (good) => ({ ...good, status: 'paid' }),
    'an organizer': (good) => ({ ...good, organizerId: 'org_1' }),
    'a field in the buyer': (good) => ({ ...good, buyer: { ...good.buyer, role: 'owner' } }),
    'no email': (good) => ({ ...good, buyer: { ...good.buyer, email: 'ayu' } }),
    'a name of two lines': (good) => ({ ...good, buyer: { ...good.buyer, name: 'Ayu\r\nBcc: all@example.test' } }),
    'a name of a megabyte': (good) => ({ ...good, buyer: { ...good.buyer, name: 'A'.repeat(1_000_000) } }),
    'U+0000': (good) => ({ ...good, buyer: { ...good.buyer, name: 'A\0B' } }),
    'a lone surrogate': (good) => ({ ...good, buyer: { ...good.buyer, name: 'A\ud800B' } }),
    'a language that is not spoken': (good) => ({ ...good, locale: 'fr' }),
    'a list instead of an object': (good) => [good],
    null: () => null,
    'a string': () => 'order',
  };
  for (const [name, change] of Object.entries(wrong)) {
    test(name, async () => {
      const before = await rowCounts();
      const body = await expectProblem(await post(JSON.stringify(change(order()))), [400, 413]);
      expect(['request.invalid', 'request.too_large']).toContain(body['code']);
      expect(JSON.stringify(body['errors'] ?? [])).not.toMatch(/example\.test|or 1=1/);
      expect(await rowCounts()).toEqual(before);
    });
  }

  const raw: Record<string, [string, Record<string, string>, number]> = {
    'no JSON': ['{', {}, 400],
    nothing: ['', {}, 400],
    'deep nesting': [`${'['.repeat(50_00)}${']'.repeat(50_00)}`, {}, 400],
    'deep nesting of objects': ['{"a":'.repeat(2000) + '1' + '}'.repeat(2000), {}, 400],
    __proto__: ['{"__proto__":{"polluted":true},"eventSlug":"x"}', {}, 400],
    'a form': ['a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    text: ['{}', { 'content-type': 'text/plain' }, 415],
    'no content type': ['{}', { 'content-type': '' }, 415],
    'a megabyte': [`{"a":"${'x'.repeat(1_000_000)}"}`, {}, 413],
  };
  for (const [name, [text, headers, status]] of Object.entries(raw)) {
    test(name, async () => {
      const before = await rowCounts();
      await expectProblem(await post(text, headers), [status]);
      expect(await rowCounts()).toEqual(before);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    });
  }

  test('a key that is missing, short, long or binary', async () => {
    const body = JSON.stringify(order());
    const missing = await world.fetch('/v1/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect((await expectProblem(missing, [400]))['code']).toBe('idempotency.key_required');
    for (const key of ['short', 'k'.repeat(256), 'with space in it 123', 'kunci-é-0123456789']) {
      expect((await expectProblem(await post(body, { 'idempotency-key': key }), [400]))['code']).toBe(
        'request.invalid',
      );
    }
  });
});

describe('addresses', () => {
  const paths = [
    '/v1/nothing',
    '/v1/orders/',
    '/v1/orders/ord_1',
    '/v1/orders/..%2f..%2fetc',
    '/v1/orders/%00',
    '/v1/orders/ord_%0a',
    `/v1/orders/ord_${'0'.repeat(28)}`,
    '/v1/events/UPPER',
    '/v1/events/a%2fb',
    '/v1/events/%E0%A4%A',
    '/.env',
    '/v1/organizers/x/events',
    '/v1/check-ins',
    '/v1/events?limit=1000000',
    '/v1/events?cursor=abc',
    '/v1/events?from=yesterday',
    '/v1/events?from=0001-01-01',
    '/v1/events?to=0000-01-01T00:00:00Z',
    '/v1/events?from=9999-12-31',
  ];
  for (const path of paths) {
    test(path, async () => {
      await expectProblem(await world.fetch(path), [400, 401, 404, 405]);
    });
  }

  test('someone else’s order answers like one that does not exist', async () => {
    const placed = await post(JSON.stringify(order()));
    expect(placed.status).toBe(201);
    const { id } = (await placed.json()) as { id: string };
    const answers = await Promise.all(
      [id, `ord_${'7'.repeat(28)}`].map(async (orderId) => {
        const response = await world.fetch(`/v1/orders/${orderId}`, { headers: { authorization: 'Bearer wrong' } });
        const { requestId, ...rest } = await expectProblem(response, [404]);
        return { ...rest, requestId: typeof requestId };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('callbacks of WhatsApp', () => {
  test('are answered, and refused unless they prove their sender', async () => {
    const path = '/v1/callbacks/whatsapp/1234567890';
    const asked = await world.fetch(`${path}?hub.mode=subscribe&hub.verify_token=x&hub.challenge=y`);
    expect(await expectProblem(asked, [403])).toMatchObject({ code: 'notification.callback_refused' });
    const told = await world.fetch(path, {
      method: 'POST',
      body: '{}',
      headers: { 'x-hub-signature-256': 'sha256=00' },
    });
    expect(await expectProblem(told, [403])).toMatchObject({ code: 'notification.callback_refused' });
  });
});

describe('every operation of the contract', () => {
  test('refuses a malformed body, without credentials and without leaving a trace', async () => {
    const document = openApiDocument(world.routes, 'http://localhost');
    const before = await rowCounts();
    let tried = 0;
    for (const [path, item] of Object.entries(document.paths ?? {})) {
      for (const method of ['post', 'put', 'patch', 'delete'] as const) {
        if (item?.[method] === undefined) continue;
        const target = path.replaceAll(/\{[^}]+\}/g, 'x');
        for (const body of ['{"unknown":{"deep":[1,2,3]}}', '[]', '"x"', '{"a":1e400}']) {
          const response = await world.fetch(target, {
            method: method.toUpperCase(),
            headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
            ...(method === 'delete' ? {} : { body }),
          });
          await response.arrayBuffer();
          expect(response.status, `${method} ${path} with ${body}`).toBeGreaterThanOrEqual(400);
          expect(response.status, `${method} ${path} with ${body}`).toBeLessThan(500);
          tried += 1;
        }
      }
    }
    expect(tried).toBeGreaterThan(100);
    expect(await rowCounts()).toEqual(before);
  });
});
