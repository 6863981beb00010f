import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyFact, lockAttemptAndOrder } from '../../../src/payments/callbacks/apply-fact.ts';
import { readFact } from '../../../src/payments/gateways/midtrans/read-fact.ts';
import { transaction } from '../../../src/platform/database/db.ts';
import { type Placed, attemptsOf, orderOf, refundsOf, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import { type PaymentWorld, openPaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { refunding } from '../support/refunding.ts';

/** Guards that money that went back is booked, even if the gateway lists the refund without its key. */

let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld();
});
afterAll(() => world.close());

const confirmed = { bank_confirmed_at: '2026-01-01 00:00:00' };
const keyed = { refund_key: 'dashboard-1', refund_amount: '50000.00', ...confirmed };
const keyless = { refund_chargeback_id: 7, refund_amount: '40000.00', ...confirmed };

/** The gateway's answer about a payment of 300,000 rupiah. */
async function read(placed: Placed, answer: object): Promise<void> {
  const [attempt] = await attemptsOf(world, placed);
  const fact = readFact({
    order_id: attempt?.id,
    transaction_id: attempt?.gatewayReference,
    merchant_id: 'G1',
    gross_amount: '300000.00',
    status_code: '200',
    transaction_status: 'partial_refund',
    ...answer,
  });
  await transaction(world.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, placed.attemptId);
    if (locked === undefined || fact === undefined) throw new Error('no attempt');
    await applyFact(tx, locked, fact, { trust: 'read_back', account: { merchantId: 'G1', buyerPaysFee: false } });
  });
}

test.each([
  ['with their sum', { refunds: [keyed, keyless], refund_amount: '90000.00' }, [50_000, 40_000]],
  ['without a sum', { refunds: [keyed, keyless] }, [50_000, 40_000]],
  ['as a sum alone', { refund_amount: '90000.00' }, [90_000]],
])('refunds that are listed %s are booked once', async (_how, answer, amounts) => {
  const { placed } = await refunding(world).paidOrder();
  await read(placed, answer);
  await read(placed, answer);
  expect((await refundsOf(world, placed)).map(({ reason, amount }) => [reason, amount])).toEqual(
    amounts.map((amount) => ['external', amount]),
  );
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'partially_refunded', refunded: 90_000 }]);
  expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 2 });
  expect(await tasksOf(world, placed)).toEqual([]);
});
