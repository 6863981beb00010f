import { afterAll, beforeAll, expect, it } from 'vitest';
import { transaction } from '../../src/platform/database/db.ts';
import { applyFact, lockAttemptAndOrder } from '../../src/payments/callbacks/apply-fact.ts';
import { failAttempt } from '../../src/payments/attempts/make-attempt.ts';
import { readFact } from '../../src/payments/gateways/midtrans/read-fact.ts';
import { closeTask, insertTask } from '../../src/payments/tasks/queries.ts';
import { type PaymentWorld, createPaidEvent, control, openPaymentWorld } from '../../testkit/payments/payment-world.ts';
import { attemptsOf, refundsOf, tasksOf } from '../../testkit/payments/payment-rows.ts';
import { place, placeReady, settle } from '../../testkit/payments/payment-jobs.ts';

/** Work for a person is named once, and other work under the same name is named as well. */

let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld();
});
afterAll(() => world.close());

it('another amount is another task, even after the first is done; a repeated amount is not', async () => {
  const placed = await place(world, await createPaidEvent(world));
  const attempt = { organizerId: 'org', ...placed };
  const name = (amount: number) =>
    insertTask(world.db, attempt, { kind: 'contradiction', subjectId: placed.orderId, detail: { amount, said: 'x' } });
  await name(100);
  await name(100);
  const [first] = await tasksOf(world, placed);
  expect(await tasksOf(world, placed)).toHaveLength(1);
  if (first !== undefined) await closeTask(world.db, first, 'stf_1');
  await name(100);
  expect((await tasksOf(world, placed)).filter(({ resolvedAt }) => resolvedAt === null)).toEqual([]);
  await name(50);
  expect((await tasksOf(world, placed)).filter(({ resolvedAt }) => resolvedAt === null)).toMatchObject([
    { detail: { amount: 50 } },
  ]);
});

it('a task that was done opens again when the gateway refuses again', async () => {
  const event = await createPaidEvent(world);
  const orders = [await placeReady(world, event), await placeReady(world, event)];
  const fail = async (index: number) => {
    const [attempt] = orders[index] === undefined ? [] : await attemptsOf(world, orders[index]);
    await world.db.execute(`update payment_attempts set status = 'creating' where id = '${attempt?.id}'`);
    await failAttempt(world.db, attempt?.id ?? '', 'http_401');
  };
  const tasksOfEvent = async () => (await Promise.all(orders.map((placed) => tasksOf(world, placed)))).flat();
  await fail(0);
  const [task] = await tasksOfEvent();
  if (task !== undefined) await closeTask(world.db, task, 'stf_1');
  await fail(1);
  expect(await tasksOfEvent()).toMatchObject([{ kind: 'payment_refused', resolvedAt: null }]);
});

it('a refund that the gateway lists under our key with another amount is a task, and is not booked', async () => {
  const event = await createPaidEvent(world);
  const placed = await placeReady(world, event);
  await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
  await settle(world, placed, 2);
  await world.db.execute(`insert into refunds
    (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status, gateway_refund_key, requested_by)
    select event_id, 'rfd_00000000000000000001', order_id, id, organizer_id, 10000, currency, 'requested', 'requested', 'key-1', 'x'
    from payment_attempts where id = '${placed.attemptId}'`);
  const [attempt] = await attemptsOf(world, placed);
  await transaction(world.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, placed.attemptId);
    if (locked === undefined || attempt === undefined) throw new Error('no attempt');
    const fact = readFact({
      order_id: attempt.id,
      transaction_id: attempt.gatewayReference,
      merchant_id: 'G1',
      gross_amount: `${attempt.amount}.00`,
      status_code: '200',
      transaction_status: 'partial_refund',
      refunds: [{ refund_key: 'key-1', refund_amount: '20000.00', bank_confirmed_at: '2026-01-01 00:00:00' }],
    });
    if (fact === undefined) throw new Error('no fact');
    await applyFact(tx, locked, fact, { trust: 'read_back', account: { merchantId: 'G1', buyerPaysFee: false } });
  });
  expect(await refundsOf(world, placed)).toMatchObject([{ amount: 10_000, status: 'requested' }]);
  expect(await tasksOf(world, placed)).toMatchObject([
    { kind: 'contradiction', detail: { amount: 20_000, asked: 10_000 } },
  ]);
});
