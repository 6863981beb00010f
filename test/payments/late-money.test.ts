import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type TestEvent, someBuyer } from '../../testkit/factories.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, orderOf, refundsOf, stockOf, tasksOf } from '../../testkit/payments/payment-rows.ts';
import { place, placeReady, settle, work } from '../../testkit/payments/payment-jobs.ts';
import { expireHolds } from '../../src/orders/index.ts';
import { orderClosing } from '../../src/orders/jobs.ts';
import { closedCheckSeconds } from '../../src/payments/limits.ts';
import { rowsOf, transaction } from '../../src/platform/database/db.ts';
import { stage } from '../../src/platform/jobs/outbox.ts';
import { until } from '../../testkit/until.ts';

/** Guards promises 2 and 4: a hold is given back only when nobody can pay any more, and late money is never kept. */

const world = await usePaymentWorld();

/** The hold's time is over, and the sweeper has seen it. */
async function endHold(placed: Placed): Promise<void> {
  await world.db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${placed.orderId}`);
  await expireHolds({ db: world.db });
}

async function endedOrder(event: TestEvent, quantity = 1): Promise<Placed> {
  const placed = await placeReady(world, event, { quantity });
  await control(world, `/payments/${placed.attemptId}/choose`, { method: 'qris' });
  await settle(world, placed, 1);
  await endHold(placed);
  await work(world, placed);
  return placed;
}

/** Looks at an attempt as the reconciler does when the look that is planned so many seconds ahead is due. */
async function lookAt({ attemptId }: Placed, seconds: number): Promise<void> {
  const [plan] = await rowsOf<{ seconds: number }>(
    world.db,
    sql`select extract(epoch from next_check_at - updated_at)::int as seconds from payment_attempts where id = ${attemptId}`,
  );
  expect(plan).toEqual({ seconds });
  await world.db.execute(sql`update payment_attempts set next_check_at = now() where id = ${attemptId}`);
  await world.handlers['payment.check_attempt']({ attemptId });
}

describe('close, then release', () => {
  test('a chosen method is closed at the gateway before the places are returned', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/choose`, { method: 'qris' });
    await settle(world, placed, 1);
    await endHold(placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'closing' });
    expect(await stockOf(world, placed)).toMatchObject({ held: 1 });
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'expired' });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'expired' }]);
    expect(await stockOf(world, placed)).toMatchObject({ available: 100, held: 0 });
    expect(await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' })).toBe(409);
  });

  test('a page without a chosen method is replaced, so that the buyer’s link stops working', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    const [before] = await attemptsOf(world, placed);
    await endHold(placed);
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'expired' });
    const page = await fetch(before?.redirectUrl ?? '');
    expect(page.status).toBe(404);
  });

  test('an unsent attempt is not sent any more', async () => {
    const event = await createPaidEvent(world);
    const placed = await place(world, event);
    await world.db.execute(sql`
      insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, next_check_at)
      values (${placed.eventId}, ${placed.attemptId}, ${placed.orderId}, ${event.organizer.id}, 1, 'midtrans', 'any', 150000, 'IDR', 'creating', now())`);
    await endHold(placed);
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'expired' });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'cancelled', redirectUrl: null }]);
  });

  test('money that arrives while the hold is ending pays the order', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { drop: true } });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await endHold(placed);
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
  });

  test('the places stay held for ten minutes while the gateway does not answer, then they are released, and the order is marked', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      close: { answer: 503 },
      status: { answer: 503 },
    });
    await endHold(placed);
    await work(world, placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'closing' });
    await world.db.execute(sql`
      update payment_attempts set close_requested_at = now() - interval '11 minutes' where id = ${placed.attemptId}`);
    await work(world, placed, 3);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'expired', flags: ['released_unconfirmed'] });
    expect(await stockOf(world, placed)).toMatchObject({ available: 100, held: 0 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'expired', failure: 'released_unconfirmed' }]);
  });
});

describe('money after the end', () => {
  test('takes the places again while they are free', async () => {
    const event = await createPaidEvent(world);
    const placed = await endedOrder(event, 2);
    await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
    await until(async () => {
      await work(world, placed);
      return (await orderOf(world, placed)).status === 'paid';
    });
    expect(await orderOf(world, placed)).toMatchObject({ tickets: 2, flags: ['late_payment'] });
    expect(await stockOf(world, placed)).toEqual({ available: 98, held: 0, sold: 2, blocked: 0 });
  });

  test('is refunded automatically when the places are gone', async () => {
    const event = await createPaidEvent(world, { categories: [{ capacity: 1 }] });
    const placed = await endedOrder(event);
    await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
    await until(async () => {
      await work(world, placed);
      const [refund] = await refundsOf(world, placed);
      return refund?.status === 'done';
    });
    expect(await refundsOf(world, placed)).toMatchObject([{ reason: 'late_payment', amount: 150_000 }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'expired', tickets: 0, flags: ['late_no_stock'] });
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'refunded', received: 150_000, refunded: 150_000 },
    ]);
  });

  test.each([
    ['is settled in one call', async () => {}],
    [
      'is already ending',
      async ({ eventId, orderId }: Placed) => {
        await world.db.execute(
          sql`update orders set status = 'closing', close_reason = 'expired' where id = ${orderId}`,
        );
        await transaction(world.db, (tx) => stage(tx, orderClosing, { eventId, orderId }));
      },
    ],
  ])(
    'goes back when the buyer has paid for as many as the limit allows meanwhile, and the order %s',
    async (_how, prepare) => {
      const event = await createPaidEvent(world, { event: { ticketsPerBuyerMax: 2 } });
      const buyer = someBuyer();
      const first = await placeReady(world, event, { buyer, quantity: 2 });
      const second = await placeReady(world, event, { buyer, quantity: 1, network: '203.0.113.0/24' });
      await control(world, `/payments/${second.attemptId}/pay`, { method: 'qris' });
      await settle(world, second, 1);
      expect(await orderOf(world, second)).toMatchObject({ status: 'paid', tickets: 1 });
      await prepare(first);
      await control(world, `/payments/${first.attemptId}/pay`, { method: 'qris' });
      await until(async () => {
        await work(world, first);
        const [refund] = await refundsOf(world, first);
        return refund?.status === 'done';
      });
      expect(await refundsOf(world, first)).toMatchObject([{ reason: 'over_limit', amount: 300_000 }]);
      await until(async () => {
        await work(world, first);
        return (await stockOf(world, first))?.held === 0;
      });
      const { status, ...order } = await orderOf(world, first);
      expect(['cancelled', 'expired']).toContain(status);
      expect(order).toMatchObject({ tickets: 0, flags: ['over_limit'] });
      expect(await stockOf(world, first)).toEqual({ available: 99, held: 0, sold: 1, blocked: 0 });
    },
  );

  test('is found by the look that is planned for a closed attempt, if its callback is lost', async () => {
    const placed = await endedOrder(await createPaidEvent(world));
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { drop: true } });
    await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
    await lookAt(placed, closedCheckSeconds);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1, flags: ['late_payment'] });
  });

  test('becomes a named task when no refund API can return the transfer', async () => {
    const event = await createPaidEvent(world, { categories: [{ capacity: 1 }] });
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/choose`, { method: 'bca_va' });
    await settle(world, placed, 1);
    await endHold(placed);
    await work(world, placed);
    await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
    await until(async () => {
      await work(world, placed);
      return (await tasksOf(world, placed)).length > 0;
    });
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'manual_required', reason: 'late_payment' }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'refund_manual', detail: { amount: 150_000 } }]);
  });
});

describe('changes at the gateway', () => {
  test('a reversal takes the tickets back and ends the order', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event, { quantity: 2 });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'permata_va' });
    await settle(world, placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 2 });
    await control(world, `/payments/${placed.attemptId}/reverse`);
    await settle(world, placed, 3);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'cancelled', tickets: 0, flags: ['reversed'] });
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'reversed', received: 300_000, refunded: 300_000 },
    ]);
    expect(await stockOf(world, placed)).toEqual({ available: 100, held: 0, sold: 0, blocked: 0 });
  });

  test('a reversal is found by the look that is planned for a transfer, if its callback is lost', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'permata_va' });
    await settle(world, placed, 2);
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { drop: true } });
    await control(world, `/payments/${placed.attemptId}/reverse`);
    await lookAt(placed, 600);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'cancelled', tickets: 0, flags: ['reversed'] });
  });

  test('a chargeback takes the tickets back, and a person is told', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'credit_card' });
    await settle(world, placed, 2);
    await control(world, `/payments/${placed.attemptId}/chargeback`);
    await settle(world, placed, 3);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0, flags: ['charged_back'] });
    expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'chargeback' }]);
  });

  test('a refund made in the gateway’s own dashboard is found and booked, and takes the tickets back', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await settle(world, placed, 2);
    await control(world, `/payments/${placed.attemptId}/refund`, { amount: 50_000 });
    await settle(world, placed, 4);
    expect(await orderOf(world, placed)).toMatchObject({
      status: 'partially_refunded',
      tickets: 1,
      flags: ['external_refund'],
    });
    await control(world, `/payments/${placed.attemptId}/refund`, {});
    await settle(world, placed, 6);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await refundsOf(world, placed)).toMatchObject([
      { reason: 'external', amount: 50_000, status: 'done' },
      { reason: 'external', amount: 100_000, status: 'done' },
    ]);
  });
});
