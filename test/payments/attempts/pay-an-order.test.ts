import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { ordersUnpaid, unpaidNoticeSeconds } from '../../../src/orders/jobs.ts';
import { checkAttempt } from '../../../src/payments/index.ts';
import { checkOpenAttemptNow } from '../../../src/payments/attempts/queries.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { attemptsOf, callbacksOf, orderOf, stockOf } from '../../../testkit/payments/payment-rows.ts';
import { hurry, place, placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';

/** Guards promises 1, 3 and 4 of the room on the way that nearly every order takes. */

const world = await usePaymentWorld();

describe('the first attempt', () => {
  test('is made once at the gateway, starts the pay clock, and gives the buyer a page', async () => {
    const event = await createPaidEvent(world);
    const placed = await place(world, event, { quantity: 2 });
    const before = await orderOf(world, placed);
    // Two workers at once: one makes it, the other may be told to come back later.
    const results = await Promise.allSettled([1, 2].map(() => world.handlers['order.placed'](placed)));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    await work(world, placed);
    const [attempt, ...others] = await attemptsOf(world, placed);
    expect(others).toEqual([]);
    expect(attempt).toMatchObject({ status: 'pending', number: 1, amount: 300_000, method: 'any', received: 0 });
    expect(attempt?.redirectUrl).toMatch(/^http:\/\/127/);
    expect((await orderOf(world, placed)).expires_at > before.expires_at).toBe(true);
    const page = await fetch(attempt?.redirectUrl ?? '');
    expect(page.status).toBe(200);
  });

  test('orders whose payments are made together share the job that reminds their buyers after a minute', async () => {
    const event = await createPaidEvent(world);
    const placed = await Promise.all(Array.from({ length: 8 }, () => place(world, event, { quantity: 1 })));
    await Promise.all(placed.map((order) => world.handlers['order.placed'](order)));
    const jobs = await rowsOf<{ payload: unknown; seconds: number }>(
      world.db,
      sql`select payload, extract(epoch from available_at - created_at)::float8 as seconds from outbox
          where name = 'orders.unpaid' and event_id = ${event.id}`,
    );
    const told = jobs.map(({ payload }) => ordersUnpaid.payload.parse(payload));
    expect(told.length).toBeLessThan(placed.length);
    expect(told.flatMap(({ orderIds }) => orderIds).toSorted()).toEqual(
      placed.map(({ orderId }) => orderId).toSorted(),
    );
    expect(new Set(jobs.map(({ seconds }) => Math.round(seconds)))).toEqual(new Set([unpaidNoticeSeconds]));
  });

  test('names every line, the fees and the discount, and they add up', async () => {
    const event = await createPaidEvent(world, {
      event: { feePerTicket: 2500 },
      categories: [{ price: 100_000 }, { price: 70_000 }],
    });
    const placed = await placeReady(world, event, {
      lines: event.categories.map(({ id }) => ({ ticketCategoryId: id, quantity: 2 })),
    });
    const response = await fetch(`${world.sandbox.url}/midtrans/transactions/${placed.attemptId}`);
    const text = await response.text();
    expect(text).toContain('"amount":350000');
  });
});

describe('a settlement', () => {
  test('pays the order once, issues its tickets once, and books the money', async () => {
    const event = await createPaidEvent(world, { event: { feePerTicket: 5000 } });
    const placed = await placeReady(world, event, { quantity: 2 });
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { duplicates: 3 } });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await settle(world, placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 2, flags: [] });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'settled', received: 310_000, method: 'qris' }]);
    expect(await stockOf(world, placed)).toEqual({ available: 98, held: 0, sold: 2, blocked: 0 });
    expect((await callbacksOf(world, placed)).length).toBe(2);
    const entries = await rowsOf<{ account: string; amount: string }>(
      world.db,
      sql`select account, amount::text from ledger_entries where attempt_id = ${placed.attemptId} order by account`,
    );
    expect(entries).toEqual([
      { account: 'fees', amount: '-10000' },
      { account: 'gateway', amount: '310000' },
      { account: 'sales', amount: '-300000' },
    ]);
  });

  test('before its pending callback pays, and the pending callback changes nothing', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { reorder: true } });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'gopay' });
    await settle(world, placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
    expect(await callbacksOf(world, placed)).toEqual([
      { status: 'applied', outcome: 'settled' },
      { status: 'ignored', outcome: 'older than what is known' },
    ]);
  });

  test('of a card is captured first and settled later, without paying twice', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'credit_card' });
    await settle(world, placed, 2);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'captured', received: 150_000, method: 'card' }]);
    await control(world, `/payments/${placed.attemptId}/settle`);
    await settle(world, placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'settled', received: 150_000 }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
  });
});

describe('a payment that is not certain', () => {
  test('a denied card leaves the order waiting', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/deny`);
    await settle(world, placed, 2);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'denied' }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'pending_payment', tickets: 0 });
  });

  test('a challenged card waits for a person', async () => {
    const event = await createPaidEvent(world);
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'credit_card', challenge: true });
    await settle(world, placed, 2);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'review', received: 0 }]);
    await control(world, `/payments/${placed.attemptId}/approve`);
    await settle(world, placed, 3);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
  });
});

describe('a look at a payment page that nobody has opened', () => {
  test('moves the next look, but not a look that somebody asked for meanwhile', async () => {
    const placed = await placeReady(world, await createPaidEvent(world));
    await hurry(world, placed);
    await checkAttempt(world.deps, placed);
    const [seen] = await attemptsOf(world, placed);
    expect(seen).toMatchObject({ status: 'pending', checks: 1, failedLooks: 0 });
    expect(seen?.nextCheckAt?.getTime()).toBeGreaterThan(Date.now() + 400_000);
    if (seen === undefined) return;
    await checkOpenAttemptNow(world.db, { eventId: placed.eventId, id: placed.orderId });
    await world.deps.looks.plan(seen, { checks: 2, checkInSeconds: 3600 });
    const [asked] = await attemptsOf(world, placed);
    expect(asked?.nextCheckAt?.getTime()).toBeLessThan(Date.now() + 1000);
    expect(asked?.checks).toBe(1);
  });

  test('that are due together each get a next look of their own, whichever event they are of', async () => {
    const [first, second, third] = [
      await placeReady(world, await createPaidEvent(world)),
      await placeReady(world, await createPaidEvent(world)),
      await placeReady(world, await createPaidEvent(world)),
    ];
    const all = [first, second, third];
    await checkAttempt(world.deps, second);
    await Promise.all(all.map((placed) => checkAttempt(world.deps, placed)));
    const looks = await Promise.all(all.map((placed) => attemptsOf(world, placed)));
    expect(looks.map(([attempt]) => attempt?.checks)).toEqual([1, 2, 1]);
    const minutes = looks.map(([attempt]) =>
      Math.round(((attempt?.nextCheckAt?.getTime() ?? 0) - Date.now()) / 60_000),
    );
    expect(minutes).toEqual([8, 60, 8]);
  });
});
