import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { paymentOf } from '../../src/payments/index.ts';
import { lockOrder } from '../../src/orders/index.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../testkit/payments/payment-world.ts';
import {
  type Placed,
  attemptsOf,
  callbacksOf,
  orderOf,
  refundsOf,
  tasksOf,
} from '../../testkit/payments/payment-rows.ts';
import { placeReady, settle, work } from '../../testkit/payments/payment-jobs.ts';
import { until } from '../../testkit/until.ts';
import { moneyTasks, settlement } from './support/money-tasks.ts';

/**
 * Guards that money that a gateway took with facts that cannot be right is named, booked, and given back by its task.
 */

const world = await usePaymentWorld();
const event = await createPaidEvent(world);
const tasks = moneyTasks(world);

async function balancesOf({ orderId }: Placed): Promise<Record<string, number>> {
  const rows = await rowsOf<{ account: string; amount: number }>(
    world.db,
    sql`select account || ' ' || currency as account, sum(amount)::int as amount from ledger_entries
        where order_id = ${orderId} group by 1 having sum(amount) <> 0`,
  );
  return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
}

async function openTasksOf(placed: Placed) {
  return (await tasksOf(world, placed)).filter(({ resolvedAt }) => resolvedAt === null);
}

async function payWith(stated: object, method = 'qris'): Promise<Placed> {
  const placed = await placeReady(world, event);
  await control(world, `/payments/${placed.attemptId}/pay`, { method, stated });
  await settle(world, placed, 2);
  return placed;
}

describe('money with wrong facts that the gateway confirms', () => {
  test.each([
    ['for another merchant', { merchantId: 'M-OTHER' }, 'wrong_merchant', 150_000, 'IDR'],
    ['with a fraction of a rupiah', { grossAmount: '150000.50' }, 'wrong_precision', 150_000, 'IDR'],
    ['in another currency', { currency: 'USD', grossAmount: '150000.00' }, 'wrong_currency', 15_000_000, 'USD'],
    ['in one with a fraction', { currency: 'USD', grossAmount: '9.50' }, 'wrong_currency', 950, 'USD'],
  ])('%s is a task with its amount, currency and gateway', async (_name, stated, reason, amount, currency) => {
    const placed = await payWith(stated);
    expect(await orderOf(world, placed)).toMatchObject({
      status: 'pending_payment',
      tickets: 0,
      flags: ['wrong_facts'],
    });
    const [refund] = await refundsOf(world, placed);
    expect(refund).toMatchObject({ amount, currency, reason: 'wrong_facts', status: 'manual_required' });
    const [attempt] = await attemptsOf(world, placed);
    expect(attempt).toMatchObject({ status: 'settled', failure: reason });
    expect(await openTasksOf(placed)).toMatchObject([
      {
        kind: 'money_taken',
        subjectId: refund?.id,
        detail: {
          reason,
          amount,
          currency,
          gateway: 'midtrans',
          gatewayReference: attempt?.gatewayReference,
          gatewayOrderId: placed.attemptId,
          method: 'qris',
        },
      },
    ]);
    expect(await balancesOf(placed)).toEqual({ [`gateway ${currency}`]: amount, [`refunds_due ${currency}`]: -amount });
    const order = await world.db.transaction((tx) => lockOrder(tx as never, placed.eventId, placed.orderId));
    if (order === undefined) throw new Error('no order');
    expect(await paymentOf(world.db, order)).toMatchObject({ status: 'review' });
    // The same callback again, and a look, change nothing.
    await control(world, `/payments/${placed.attemptId}/callbacks`, { kind: 'duplicate', count: 3 });
    await world.db.execute(sql`update payment_attempts set next_check_at = now() where id = ${placed.attemptId}`);
    await world.handlers['payment.check_attempt'](placed);
    expect(await refundsOf(world, placed)).toHaveLength(1);
  });

  test('is refunded through the gateway when the task is resolved by a refund', async () => {
    const placed = await payWith({ merchantId: 'M-OTHER' });
    const task = await tasks.moneyTaskOf(placed);
    expect(await tasks.resolve(task?.id, { action: 'refund' }, event)).toEqual([200, 'money_taken']);
    expect(await tasks.resolve(task?.id, { action: 'refund' }, event)).toEqual([409, 'task.resolved']);
    await until(async () => {
      await work(world, placed);
      return (await refundsOf(world, placed))[0]?.status === 'done';
    });
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'refunded', received: 150_000, refunded: 150_000 },
    ]);
    expect(await balancesOf(placed)).toEqual({});
  });

  test('becomes a task again when the gateway then refuses', async () => {
    const placed = await payWith({ merchantId: 'M-OTHER' });
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 410, times: 1 } });
    const task = await tasks.moneyTaskOf(placed);
    await tasks.resolve(task?.id, { action: 'refund' }, event);
    await work(world, placed);
    const again = await openTasksOf(placed);
    expect(again).toMatchObject([{ kind: 'refund_manual' }]);
    expect(await tasks.resolve(again[0]?.id, { action: 'refund' }, event)).toEqual([200, 'refund_manual']);
    await until(async () => {
      await work(world, placed);
      return (await refundsOf(world, placed))[0]?.status === 'done';
    });
  });

  test.each([
    ['a currency that the gateway does not take', { currency: 'USD', grossAmount: '150000.00' }, 'qris'],
    ['a transfer that no gateway sends back', { merchantId: 'M-OTHER' }, 'bca_va'],
  ])('in %s is refunded by a person', async (_name, stated, method) => {
    const placed = await payWith(stated, method);
    const task = await tasks.moneyTaskOf(placed);
    expect(await tasks.resolve(task?.id, { action: 'refund' }, event)).toEqual([409, 'task.refund_unavailable']);
    expect(await tasks.resolve(task?.id, { action: 'burn' }, event)).toEqual([400, 'request.invalid']);
    expect(await tasks.resolve(task?.id, undefined, event)).toEqual([200, 'money_taken']);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done' }]);
    const balances = Object.entries(await balancesOf(placed)).map(
      ([account, amount]) => `${account.split(' ')[0]} ${amount}`,
    );
    // The organiser's bank has paid, and the gateway still has the money. The journal records it so.
    expect(balances.map((balance) => balance.split(' ')[0]).sort()).toEqual(['bank', 'gateway']);
  });

  test.each([
    ['in rupiah', { merchantId: 'M-OTHER' }],
    ['in another currency', { currency: 'USD', grossAmount: '150000.00' }],
  ])('that the bank takes back %s is not refunded again', async (_name, stated) => {
    const placed = await payWith(stated, 'permata_va');
    await control(world, `/payments/${placed.attemptId}/reverse`);
    await settle(world, placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'reversed' }]);
    expect(await balancesOf(placed)).toEqual({});
    expect(await openTasksOf(placed)).toEqual([]);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'failed', failure: 'money_gone' }]);
  });

  test('a claim without confirmation is no money: nothing is booked, and a person is told', async () => {
    const placed = await placeReady(world, event);
    await tasks.post(settlement(placed, { currency: 'USD' }), demoMidtransAccount.serverKey, event);
    await settle(world, placed, 1);
    expect(await callbacksOf(world, placed)).toEqual([{ status: 'refused', outcome: 'wrong_currency' }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'wrong_facts' }]);
    expect(await balancesOf(placed)).toEqual({});
  });
});
