import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { demoMidtransAccount, secondMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, callbacksOf, orderOf, tasksOf } from '../../testkit/payments/payment-rows.ts';
import { place, placeReady, settle, work } from '../../testkit/payments/payment-jobs.ts';
import { moneyTasks, settlement } from './support/money-tasks.ts';

/**
 * Guards that money that a gateway took with facts that cannot be right is named, booked, and given back by its task.
 */

const world = await usePaymentWorld();
const event = await createPaidEvent(world);
const tasks = moneyTasks(world);

describe('money for an attempt that does not exist here', () => {
  /** Its order and attempt are gone, as after a restore to an earlier moment. */
  async function forgotten(): Promise<Placed> {
    const placed = await placeReady(world, event);
    await world.db.execute(sql`delete from payment_attempts where id = ${placed.attemptId}`);
    await world.db.execute(sql`delete from order_lines where order_id = ${placed.orderId}`);
    await world.db.execute(sql`delete from orders where id = ${placed.orderId}`);
    await world.db.execute(
      sql`update stock set held = held - 1, available = available + 1 where event_id = ${placed.eventId}`,
    );
    await world.db.execute(
      sql`update limit_counters set quantity = quantity - 1 where event_id = ${placed.eventId} and counter_key like 'n:%'`,
    );
    await world.db.execute(sql`delete from outbox where payload ->> 'orderId' = ${placed.orderId}`);
    return placed;
  }

  test('is a task, and its resolution gives the money back', async () => {
    const placed = await forgotten();
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await settle(world, placed, 1);
    const task = await tasks.moneyTaskOf(placed);
    expect(task).toMatchObject({
      kind: 'money_taken',
      organizerId: event.organizer.id,
      detail: { reason: 'unknown_attempt', amount: 150_000, currency: 'IDR', gatewayOrderId: placed.attemptId },
    });
    expect(await tasks.resolve(task?.id, { action: 'refund' }, event)).toEqual([200, 'money_taken']);
    await world.handlers['payment.refund_unknown_money']({ organizerId: event.organizer.id, taskId: task?.id ?? '' });
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toMatchObject([
      { amount: 150_000 },
    ]);
    expect(await tasksOf(world, placed)).toMatchObject([{ detail: { refund: 'done' }, resolvedBy: 'stf_manager' }]);
    // Requested again, it is the same refund.
    await world.handlers['payment.refund_unknown_money']({ organizerId: event.organizer.id, taskId: task?.id ?? '' });
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toHaveLength(1);
  });

  test.each([
    ['has dealt with it', undefined, { resolvedBy: 'stf_manager' }],
    ['has asked for the refund', { action: 'refund' }, { detail: { refund: 'requested' } }],
  ])('stays one task when a person %s, and the gateway then tells that the card has settled', async (_, body, kept) => {
    const placed = await forgotten();
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'credit_card' });
    await settle(world, placed, 1);
    const task = await tasks.moneyTaskOf(placed);
    expect(await tasks.resolve(task?.id, body, event)).toEqual([200, 'money_taken']);
    await control(world, `/payments/${placed.attemptId}/settle`);
    await settle(world, placed, 2);
    expect(await tasksOf(world, placed)).toMatchObject([{ id: task?.id, ...kept }]);
    // The money goes back once, whoever sends it.
    await world.handlers['payment.refund_unknown_money']({ organizerId: event.organizer.id, taskId: task?.id ?? '' });
    if (body === undefined) await control(world, `/payments/${placed.attemptId}/refund`);
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toHaveLength(1);
  });

  test('is ignored when the gateway does not confirm it', async () => {
    const placed = await forgotten();
    expect(await tasks.post(settlement(placed), demoMidtransAccount.serverKey, event)).toBe('200 stored');
    await settle(world, placed, 1);
    expect(await callbacksOf(world, placed)).toEqual([{ status: 'ignored', outcome: 'not_known_at_gateway' }]);
    expect(await tasksOf(world, placed)).toEqual([]);
  });
});

test('a callback signed with another organiser’s key pays nothing, even when it comes before our own attempt', async () => {
  const attacker = await createPaidEvent(world, { account: secondMidtransAccount });
  const placed = await place(world, event);
  const claim = settlement(placed, { merchant_id: secondMidtransAccount.merchantId });
  expect(await tasks.post(claim, secondMidtransAccount.serverKey, attacker)).toBe('200 stored');
  await world.handlers['order.placed'](placed);
  await work(world, placed);
  expect(await orderOf(world, placed)).toMatchObject({ status: 'pending_payment', tickets: 0 });
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'pending', received: 0 }]);
  expect((await callbacksOf(world, placed)).map(({ status }) => status)).toEqual(['ignored']);
});
