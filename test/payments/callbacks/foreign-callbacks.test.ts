import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { secondMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { type Body, postCallback, saidBy, settlement, sign } from '../../../testkit/payments/callbacks.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { attemptsOf, callbacksOf, orderOf } from '../../../testkit/payments/payment-rows.ts';
import { placeReady, work } from '../../../testkit/payments/payment-jobs.ts';

/**
 * Guards that correctly signed callbacks that are not about us get 200 and are counted separately, and that those about
 * us are never lost.
 */

const world = await usePaymentWorld();
const event = await createPaidEvent(world);

const post = (body: unknown, slug = event.organizer.slug) => postCallback(world, slug, body);

test('a callback of an attempt that this organiser does not have, even if another has it, is answered 200 and changes nothing', async () => {
  const placed = await placeReady(world, event);
  const other = await createPaidEvent(world, { account: secondMidtransAccount });
  const waiting = { transaction_status: 'pending', status_code: '201' };
  const unknown = { ...placed, attemptId: placed.attemptId.replace(/01$/, '07') };
  expect(await saidBy(await post(sign(settlement(unknown, waiting))))).toBe('200 not_ours');
  const foreign = (change: Body) => sign(settlement(placed, change), secondMidtransAccount.serverKey);
  expect(await saidBy(await post(foreign(waiting), other.organizer.slug))).toBe('200 not_ours');
  expect(await saidBy(await post(foreign({}), other.organizer.slug))).toBe('200 stored');
  await work(world, placed);
  expect(await callbacksOf(world, placed)).toEqual([{ status: 'ignored', outcome: 'not_known_at_gateway' }]);
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'pending', received: 0 }]);
  await world.db.execute(sql`delete from callbacks where attempt_id = ${unknown.attemptId}`);
});

test.each([
  ['a test from the dashboard', 'payment_notif_test_M-DEMO-0001_4f9f1d0a', 'test'],
  ['another shop on the account', 'INV/2026/000123', 'not_ours'],
  ['another shop with ids like ours', 'pay_000123', 'not_ours'],
  ['another shop with the longest id', 'x'.repeat(50), 'not_ours'],
])('of %s is answered 200, counted apart, and not stored', async (_name, orderId, outcome) => {
  const count = async () => {
    const metric = await registry.getSingleMetric('antre_payment_callbacks_total')?.get();
    return metric?.values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
  };
  const placed = { eventId: '', orderId: '', attemptId: orderId };
  for (const change of [{}, { transaction_status: 'a_new_word' }, { gross_amount: '10.50', currency: 'SGD' }]) {
    const before = await count();
    expect(await saidBy(await post(sign(settlement(placed, change))))).toBe(`200 ${outcome}`);
    expect(await count()).toBe(before + 1);
  }
  const forged = sign(settlement(placed), 'not the key');
  expect(await saidBy(await post(forged))).toBe('400 callback.signature_invalid');
  expect(await saidBy(await post(sign(settlement(placed)), 'nobody-at-all'))).toBe('400 callback.signature_invalid');
  expect(await callbacksOf(world, placed)).toEqual([]);
});

test.each([
  ['a state that nobody knows yet', { transaction_status: 'a_new_word' }],
  ['no state', { transaction_status: undefined }],
  ['a currency that is none', { currency: 'rupiah' }],
  ['an amount beyond all numbers', { gross_amount: '999999999999999.00', currency: 'USD' }],
])('of our own attempt with %s is stored, and the gateway is asked', async (_name, change) => {
  const placed = await placeReady(world, event);
  await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { drop: true } });
  await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
  expect(await saidBy(await post(sign(settlement(placed, change))))).toBe('200 stored');
  await work(world, placed);
  expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
});
