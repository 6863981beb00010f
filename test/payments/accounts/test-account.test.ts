import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { type PaymentWorld, createPaidEvent, openPaymentWorld } from '../../../testkit/payments/payment-world.ts';

/**
 * Guards that an owner learns at once whether the gateway accepts the keys of the account, and that nothing else
 * happens.
 */

let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld();
});
afterAll(() => world.close());

async function ask(of: TestEvent, role: 'owner' | 'manager' = 'owner') {
  const answer = await fetch(`${world.url}/v1/organizers/${of.organizer.slug}/payment-accounts/midtrans/tests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.staffToken(of, role)}` },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('keys that the gateway accepts work, and others are refused', async () => {
  const good = await createPaidEvent(world);
  expect(await ask(good)).toEqual({ status: 200, body: { result: 'works' } });
  const bad = await createPaidEvent(world, { account: { merchantId: 'M-9', serverKey: 'not-the-key-of-anybody' } });
  expect(await ask(bad)).toEqual({ status: 200, body: { result: 'refused', code: 'http_401' } });
});

test('without an account there is nothing to test, and only owners ask', async () => {
  const event = await createEvent(world.db);
  expect((await ask(event)).body['code']).toBe('payment_account.not_found');
  expect((await ask(event, 'manager')).body['code']).toBe('access.forbidden');
});

test('a gateway that does not answer is distinguished from one that refuses, and no payment is made', async () => {
  const event = await createPaidEvent(world);
  await world.sandbox.close();
  expect((await ask(event)).body).toMatchObject({ result: 'no_answer' });
  expect(await rowsOf(world.db, sql`select id from payment_attempts`)).toEqual([]);
});
