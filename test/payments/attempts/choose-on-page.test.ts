import { and, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { orders } from '../../../src/orders/tables.ts';
import { paymentOf } from '../../../src/payments/index.ts';
import { buyerToken, control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { hurry, place, placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { type Placed, attemptsOf, orderOf } from '../../../testkit/payments/payment-rows.ts';

/** Guards that a buyer who chooses on our page gets the number or the code there, and that paying it pays the order once. */

const world = await usePaymentWorld();

async function choose(placed: Placed, method: string): Promise<number> {
  const answer = await fetch(`${world.url}/v1/orders/${placed.orderId}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${buyerToken(placed)}` },
    body: JSON.stringify({ method }),
  });
  return answer.status;
}
/** As the order's page gets it. */
async function shown({ eventId, orderId }: Placed) {
  const [order] = await world.db
    .select()
    .from(orders)
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId)));
  if (order === undefined) throw new Error('the order was placed');
  return paymentOf(world.db, order);
}
const second = (placed: Placed): Placed => ({ ...placed, attemptId: placed.attemptId.replace(/01$/, '02') });

test.each([
  ['bca_va', { bank: 'bca', vaNumber: expect.stringMatching(/^\d{10,}$/) }],
  ['bni_va', { bank: 'bni', vaNumber: expect.stringMatching(/^\d{10,}$/) }],
  ['bri_va', { bank: 'bri', vaNumber: expect.stringMatching(/^\d{10,}$/) }],
  ['permata_va', { bank: 'permata', vaNumber: expect.stringMatching(/^\d{10,}$/) }],
  ['mandiri_bill', { bank: 'mandiri', billKey: expect.stringMatching(/^\d+$/), billerCode: '70012' }],
  ['qris', { qrString: expect.stringMatching(/^000201/) }],
])('%s is shown on our page, and paying it pays the order', async (method, instructions) => {
  const placed = await placeReady(world, await createPaidEvent(world));
  expect(await choose(placed, method)).toBe(202);
  await work(world, placed);
  await settle(world, second(placed), 1);
  const payment = await shown(placed);
  // The callback that says "pending" names the same way to pay, so asking for it again changes nothing.
  expect(payment).toMatchObject({ status: 'pending', method, ...instructions });
  expect(payment.redirectUrl).toBeUndefined();
  expect(await choose(placed, method)).toBe(202);
  await work(world, placed);
  expect(await attemptsOf(world, placed)).toHaveLength(2);
  expect(await control(world, `/payments/${second(placed).attemptId}/pay`)).toBe(200);
  await settle(world, second(placed), 2);
  expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
  expect((await attemptsOf(world, placed)).map(({ status }) => status)).toEqual(['expired', 'settled']);
});

test('a payment number can be closed again for another way to pay', async () => {
  const placed = await placeReady(world, await createPaidEvent(world));
  for (const method of ['bca_va', 'card']) {
    expect(await choose(placed, method)).toBe(202);
    await work(world, placed);
  }
  expect((await attemptsOf(world, placed)).map(({ status }) => status)).toEqual(['expired', 'expired', 'pending']);
  expect(await shown(placed)).toMatchObject({ status: 'pending', method: 'card', redirectUrl: expect.any(String) });
});

test('a payment number whose answer was lost is found by asking the gateway, and no second one is made', async () => {
  const placed = await placeReady(world, await createPaidEvent(world));
  await control(world, '/scenarios', { match: { orderId: second(placed).attemptId }, snap: { answer: 'reset_after' } });
  await choose(placed, 'bni_va');
  await work(world, placed);
  await hurry(world, placed);
  await work(world, placed);
  expect(await shown(placed)).toMatchObject({ status: 'pending', method: 'bni_va', bank: 'bni' });
  expect(await attemptsOf(world, placed)).toHaveLength(2);
});

test('the pay clock starts with the number, when a way to pay was chosen before the first attempt', async () => {
  const placed = await place(world, await createPaidEvent(world));
  const before = await orderOf(world, placed);
  await choose(placed, 'bca_va');
  await work(world, placed);
  expect(await shown(placed)).toMatchObject({ status: 'pending', method: 'bca_va', bank: 'bca' });
  expect((await orderOf(world, placed)).expires_at).not.toBe(before.expires_at);
});

test('only what fits the time that is left can be chosen', async () => {
  const placed = await placeReady(world, await createPaidEvent(world));
  expect((await shown(placed)).methods).toEqual(expect.arrayContaining(['qris', 'card', 'bca_va', 'mandiri_bill']));
  await world.db.execute(
    sql`update orders set expires_at = now() + interval '6 minutes' where event_id = ${placed.eventId} and id = ${placed.orderId}`,
  );
  const { methods = [] } = await shown(placed);
  expect(methods).toContain('qris');
  expect(methods).not.toContain('bca_va');
  expect(await choose(placed, 'bca_va')).toBe(409);
});
