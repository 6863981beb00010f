import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards that one email address is one address wherever it enters: in orders, look-ups of orders, codes and sign-ins. */

let world: TestService;
beforeAll(async () => {
  world = await startTestService();
});
afterAll(() => world.close());

let keys = 0;
async function post(path: string, body: unknown) {
  keys += 1;
  const response = await world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `one-address-test-${keys}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body: answer };
}

const spellings = [
  'ayu@xn--mnchen-3ya.example',
  ' ayu@münchen.example',
  'AYU@MÜNCHEN.EXAMPLE\n',
  'ayu@mu\u0308nchen.example',
  '\u202aayu@XN--MNCHEN-3YA.example\u202c',
  'ayu+tiket@münchen\u3002example',
  'ayu＠münchen.example',
];
const wrong = ['ayu@münchen', 'ayu@münchen.example ü', 'ayu@mün%63hen.example', `${'a'.repeat(65)}@münchen.example`];

test('orders in all spellings belong to one buyer, and mails go to the address as it was typed', async () => {
  const event = await createEvent(world.service.db, { categories: [{ price: 0 }] });
  for (const email of spellings) {
    const buyer = { ...someBuyer(), email };
    const lines = [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }];
    expect((await post('/v1/orders', { eventSlug: event.slug, buyer, lines })).status).toBe(201);
  }
  const found = await rowsOf<{ keys: number; emails: string[] }>(
    world.service.db,
    sql`select count(distinct buyer_keys[1])::int as keys, array_agg(distinct lower(buyer_email)) as emails
        from orders where event_id = ${event.id}`,
  );
  expect(found).toEqual([{ keys: 1, emails: ['ayu+tiket@xn--mnchen-3ya.example', 'ayu@xn--mnchen-3ya.example'] }]);
});

test('codes in all spellings are for one account', async () => {
  for (const email of spellings.slice(0, 3)) {
    expect((await post('/v1/buyers/verifications', { email })).status).toBe(202);
  }
  const found = sql`select count(distinct account_key)::int as accounts, count(*)::int as asked from buyer_verifications`;
  expect(await rowsOf(world.service.db, found)).toEqual([{ accounts: 1, asked: 3 }]);
});

test.each(['/v1/orders/lookups', '/v1/buyers/verifications', '/v1/sessions', '/v1/password-resets'])(
  '%s accepts an address in any spelling, and refuses a text that is no address',
  async (path) => {
    const rest = { '/v1/orders/lookups': { code: '9QX4T-0RBVE' }, '/v1/sessions': { password: 'not the password' } }[
      path
    ];
    for (const email of spellings) expect((await post(path, { email, ...rest })).status, email).not.toBe(400);
    for (const email of wrong) {
      const { status, body } = await post(path, { email, ...rest });
      expect([status, body['errors']], email).toEqual([
        400,
        [expect.objectContaining({ path: 'email', code: 'email.invalid' })],
      ]);
    }
  },
);
