import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSaleFigures } from '../../../src/desk/sales/sale-figures.ts';
import { applyFact, lockAttemptAndOrder } from '../../../src/payments/callbacks/apply-fact.ts';
import { readFact } from '../../../src/payments/gateways/midtrans/read-fact.ts';
import { paymentInvariants } from '../../../src/payments/invariants.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { transaction } from '../../../src/platform/database/db.ts';
import { signedInOwner } from '../../../testkit/factories.ts';
import { type Placed, attemptsOf, orderOf, refundsOf, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import { type PaymentWorld, openPaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { moneyTasks } from '../support/money-tasks.ts';
import { refunding } from '../support/refunding.ts';

/** Guards that money that went back is booked, even if the gateway lists it without a key or does not say how much it was. */

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

test('a part that a bank took back is lost by the amount that a person names, and can no longer be refunded', async () => {
  const [refunds, tasks] = [refunding(world), moneyTasks(world)];
  const { event, placed } = await refunds.paidOrder();
  await read(placed, { transaction_status: 'partial_chargeback' });
  await read(placed, { transaction_status: 'partial_chargeback' });
  const [task, ...others] = await tasksOf(world, placed);
  expect([task, others]).toMatchObject([{ kind: 'partial_chargeback', detail: { currency: 'IDR' } }, []]);
  for (const body of [undefined, { amount: 300_001 }])
    expect(await tasks.resolve(task?.id, body, event)).toEqual([409, 'task.amount_needed']);
  // An amount that nothing would be done with is refused.
  expect(await tasks.resolve(task?.id, { action: 'refund', amount: 100_000 }, event)).toEqual([400, 'request.invalid']);
  expect(await tasks.resolve(task?.id, { amount: 100_000 }, event)).toEqual([200, 'partial_chargeback']);
  expect(await tasks.resolve(task?.id, { amount: 100_000 }, event)).toEqual([409, 'task.resolved']);
  expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 2, flags: ['partially_charged_back'] });
  expect(await moneyOf()).toEqual([200_000, 100_000]);
  expect(await broken()).toEqual([]);

  // What is left can be refunded, and then nothing of the order is kept.
  expect((await refunds.ask(event, placed, { reason: 'x', amount: 200_001 })).status).toBe(409);
  expect((await refunds.ask(event, placed, { reason: 'x' })).status).toBe(201);
  await refunds.done(placed);
  expect(await refundsOf(world, placed)).toMatchObject([{ amount: 200_000, status: 'done' }]);
  expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', refunded: 300_000 }]);
  expect(await moneyOf()).toEqual([0, 300_000]);
  expect(await broken()).toEqual([]);

  /** Net and refunded, as the organiser reads them. */
  async function moneyOf() {
    const actor = await signedInOwner(world.db, event.organizer);
    const { money } = await createSaleFigures({ db: world.db, clock: systemClock })(actor, event.id);
    return [money.net.amount, money.refunded.amount];
  }
});

async function broken(): Promise<string[]> {
  return (await Promise.all(paymentInvariants.map((invariant) => invariant.find(world.db)))).flat();
}
