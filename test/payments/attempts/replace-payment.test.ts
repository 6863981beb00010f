import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { lockOrder } from '../../../src/orders/index.ts';
import { paymentOf } from '../../../src/payments/index.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { buyerToken, control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, orderOf } from '../../../testkit/payments/payment-rows.ts';
import { place, placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { until } from '../../../testkit/until.ts';

/** Guards promise 2: one open attempt at a time, however often and by how many hands the way to pay is changed. */

const world = await usePaymentWorld();

async function choose(placed: Placed, method: unknown, token = buyerToken(placed)) {
  const response = await fetch(`${world.url}/v1/orders/${placed.orderId}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ method }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('another way to pay', () => {
  test('closes the attempt at the gateway before the next one is made', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    const [before] = await attemptsOf(world, placed);
    expect(await choose(placed, 'gopay')).toMatchObject({ status: 202, body: { status: 'creating', method: 'gopay' } });
    expect(await choose(placed, 'gopay')).toMatchObject({ status: 202, body: { status: 'creating', method: 'gopay' } });
    await work(world, placed);
    const [old, next, ...others] = await attemptsOf(world, placed);
    expect(others).toEqual([]);
    expect(old).toMatchObject({ status: 'expired' });
    expect(next).toMatchObject({ status: 'pending', method: 'gopay', number: 2 });
    expect((await fetch(before?.redirectUrl ?? '')).status).toBe(404);
    expect((await fetch(next?.redirectUrl ?? '')).status).toBe(200);
    expect(await choose(placed, 'gopay')).toMatchObject({
      status: 202,
      body: { status: 'pending', redirectUrl: next?.redirectUrl },
    });
    expect(await attemptsOf(world, placed)).toHaveLength(2);
  });

  test('does not move the end of the hold again', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    const before = await orderOf(world, placed);
    await choose(placed, 'qris');
    await work(world, placed);
    expect((await orderOf(world, placed)).expires_at).toBe(before.expires_at);
  });

  test('by fifty concurrent requests leaves one open attempt', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    const methods = ['qris', 'gopay', 'shopeepay', 'card'];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => choose(placed, methods[index % 4])));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await work(world, placed, 60);
    const open = (await attemptsOf(world, placed)).filter(({ status }) => status === 'pending');
    expect(open).toHaveLength(1);
  });

  test('before the first attempt was sent only changes its method', async () => {
    const placed = await place(world, await createPaidEvent(world));
    expect(await choose(placed, 'qris')).toMatchObject({ status: 202, body: { status: 'creating', method: 'qris' } });
    expect(await choose(placed, 'gopay')).toMatchObject({ status: 202, body: { status: 'creating', method: 'gopay' } });
    await work(world, placed);
    expect(await attemptsOf(world, placed)).toMatchObject([{ number: 1, status: 'pending', method: 'gopay' }]);
  });

  test('after a refused card creates the next attempt', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    await control(world, `/payments/${placed.attemptId}/deny`);
    await settle(world, placed, 2);
    expect(await choose(placed, 'qris')).toMatchObject({ status: 202, body: { status: 'creating', method: 'qris' } });
    await work(world, placed);
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'denied' },
      { status: 'pending', method: 'qris' },
    ]);
  });

  test('is refused when money has arrived meanwhile', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { drop: true } });
    await choose(placed, 'gopay');
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
    expect(await attemptsOf(world, placed)).toHaveLength(1);
    expect(await choose(placed, 'gopay')).toMatchObject({ status: 409, body: { code: 'payment.not_payable' } });
  });

  test('if money comes on the old attempt, it pays once, and the second payment is refunded', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    await control(world, `/payments/${placed.attemptId}/choose`, { method: 'qris' });
    await settle(world, placed, 1);
    await choose(placed, 'gopay');
    await work(world, placed);
    const second = { ...placed, attemptId: placed.attemptId.replace(/01$/, '02') };
    await control(world, `/payments/${second.attemptId}/pay`, { method: 'gopay' });
    await settle(world, second, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
    await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
    await until(async () => {
      await work(world, placed);
      return (await attemptsOf(world, placed))[0]?.status === 'refunded';
    });
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1, flags: ['double_payment'] });
  });

  test('late money that pays closes the attempt that was open beside it', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    await control(world, `/payments/${placed.attemptId}/choose`, { method: 'qris' });
    await settle(world, placed, 1);
    await choose(placed, 'gopay');
    await work(world, placed);
    await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
    await until(async () => {
      await work(world, placed);
      return (await orderOf(world, placed)).status === 'paid';
    });
    await world.handlers['payments.reconcile']();
    await work(world, placed);
    expect((await attemptsOf(world, placed))[1]).toMatchObject({ status: 'expired' });
    // The buyer sees the one that has paid.
    const paid = await transaction(world.db, (tx) => lockOrder(tx, placed.eventId, placed.orderId));
    expect(paid && (await paymentOf(world.db, paid))).toMatchObject({ status: 'paid', method: 'qris' });
  });
});

describe('requests that are refused', () => {
  test('a wrong token is answered like an unknown order', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    const other = await place(world, await createPaidEvent(world));
    const wrong = await choose(placed, 'qris', buyerToken(other));
    const unknownId = `${placed.orderId.slice(0, -1)}${placed.orderId.endsWith('0') ? '1' : '0'}`;
    const absent = await choose({ ...placed, orderId: unknownId }, 'qris', buyerToken(placed));
    expect(wrong.status).toBe(404);
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  });

  test.each([['cash'], [''], [7], [null], [['qris']]])('the method %j is refused', async (method) => {
    const placed = await placeReady(world, await createPaidEvent(world));
    expect(await choose(placed, method)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  test('a convenience store is not offered when too little time is left for it', async () => {
    const event = await createPaidEvent(world);
    await world.db.execute(sql`update events set hold_seconds = 900 where id = ${event.id}`);
    const placed = await placeReady(world, event);
    const answer = await choose(placed, 'store');
    expect(answer).toMatchObject({ status: 409, body: { code: 'payment.method_unavailable' } });
    expect(answer.body['methods']).toContain('qris');
  });

  test('an order has a bounded number of attempts', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    for (let number = 2; number <= 10; number += 1) {
      expect((await choose(placed, number % 2 === 0 ? 'qris' : 'gopay')).status).toBe(202);
      await work(world, placed);
    }
    expect(await choose(placed, 'gopay')).toMatchObject({ status: 409, body: { code: 'payment.too_many_attempts' } });
    const rows = await rowsOf(world.db, sql`select 1 from payment_attempts where order_id = ${placed.orderId}`);
    expect(rows).toHaveLength(10);
  });
});
