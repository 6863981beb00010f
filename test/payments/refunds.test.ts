import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transaction, rowsOf } from '../../src/platform/database/db.ts';
import { lockOrder } from '../../src/orders/index.ts';
import { requestFullRefund } from '../../src/payments/index.ts';
import type { TestEvent, TestEventOptions } from '../../testkit/factories.ts';
import {
  type PaymentWorld,
  control,
  createPaidEvent,
  expectCleanBooks,
  openPaymentWorld,
} from '../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, orderOf, refundsOf, stockOf, tasksOf } from '../../testkit/payments/payment-rows.ts';
import { placeReady, settle, work } from '../../testkit/payments/payment-jobs.ts';
import { until } from '../../testkit/until.ts';

/** Guards promises 4 and 5: money goes back once, under one key, or a person is asked by name. */

let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld();
});
afterAll(async () => {
  await expectCleanBooks(world);
  await world.close();
});

async function paidOrder(
  options: TestEventOptions & { method?: string; quantity?: number; promoCode?: string } = {},
): Promise<{ event: TestEvent; placed: Placed }> {
  const { method = 'qris', quantity = 2, promoCode, ...rest } = options;
  const event = await createPaidEvent(world, rest);
  const placed = await placeReady(world, event, { quantity, ...(promoCode === undefined ? {} : { promoCode }) });
  await control(world, `/payments/${placed.attemptId}/pay`, { method });
  await settle(world, placed, 2);
  return { event, placed };
}

function ask(
  event: TestEvent,
  placed: Placed,
  body: unknown,
  key: string = randomUUID(),
  role: 'manager' | 'door' = 'manager',
) {
  return fetch(`${world.url}/v1/organizers/${event.organizer.slug}/orders/${placed.orderId}/refunds`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      authorization: `Bearer ${world.staffToken(event, role)}`,
    },
    body: JSON.stringify(body),
  });
}

async function preview(event: TestEvent, placed: Placed, body: unknown, role: 'manager' | 'door' = 'manager') {
  const answer = await fetch(
    `${world.url}/v1/organizers/${event.organizer.slug}/orders/${placed.orderId}/refund-previews`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${world.staffToken(event, role)}` },
      body: JSON.stringify(body),
    },
  );
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('a preview says what a refund then gives, and changes nothing', async () => {
  const { event, placed } = await paidOrder({ quantity: 2 });
  const tickets = await rowsOf<{ id: string }>(
    world.db,
    sql`select id from tickets where order_id = ${placed.orderId} order by id`,
  );
  const ticketIds = [tickets[0]?.id ?? ''];
  const shown = await preview(event, placed, { ticketIds });
  expect(shown).toMatchObject({ status: 200, body: { ticketIds } });
  expect(await refundsOf(world, placed)).toEqual([]);
  const given = await ask(event, placed, { ticketIds, reason: 'One cannot come' });
  const { data } = (await given.json()) as { data: { amount: unknown }[] };
  expect(data.map(({ amount }) => amount)).toEqual([shown.body['amount']]);
  expect((await preview(event, placed, { amount: 1e12 })).body['code']).toBe('refund.amount_exceeded');
  expect((await preview(event, placed, { ticketIds: [ticketIds[0]] })).body['code']).toBe('refund.tickets_unknown');
  expect((await preview(event, placed, {}, 'door')).status).toBe(403);
});

async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${((await response.json()) as { code?: string }).code}`;
}

async function done(placed: Placed, count = 1): Promise<void> {
  await until(async () => {
    await work(world, placed);
    const all = await refundsOf(world, placed);
    return all.length === count && all.every(({ status }) => status === 'done');
  });
}

async function liveTickets({ orderId }: Placed): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    world.db,
    sql`select id from tickets where order_id = ${orderId} and status = 'live' order by id`,
  );
  return rows.map(({ id }) => id);
}

describe('a refund by the organiser', () => {
  test('of all gives all back, takes the tickets, and puts the places on sale', async () => {
    const { event, placed } = await paidOrder({ event: { feePerTicket: 5000 } });
    const response = await ask(event, placed, { reason: 'the buyer is ill' });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      data: [{ amount: { amount: 310_000, currency: 'IDR' }, status: 'requested', reason: 'requested' }],
    });
    await done(placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', refunded: 310_000 }]);
    expect(await stockOf(world, placed)).toEqual({ available: 100, held: 0, sold: 0, blocked: 0 });
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toHaveLength(1);
  });

  test('of one ticket gives its price back and takes it alone', async () => {
    const { event, placed } = await paidOrder({ event: { feePerTicket: 5000 } });
    const [first] = await liveTickets(placed);
    expect((await ask(event, placed, { ticketIds: [first], reason: 'one is ill' })).status).toBe(201);
    await done(placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ amount: 150_000, ticketIds: [first] }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 1 });
    expect(await codeOf(await ask(event, placed, { ticketIds: [first], reason: 'again' }))).toBe(
      '409 refund.tickets_unknown',
    );
    expect((await ask(event, placed, { reason: 'the other too' })).status).toBe(201);
    await done(placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', refunded: 310_000 }]);
  });

  test('of an amount takes no ticket, and never more than is left goes back', async () => {
    const { event, placed } = await paidOrder();
    expect((await ask(event, placed, { amount: 50_000, reason: 'a bad seat' })).status).toBe(201);
    await done(placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 2 });
    expect(await codeOf(await ask(event, placed, { amount: 250_001, reason: 'more' }))).toBe(
      '409 refund.amount_exceeded',
    );
  });

  test('asked twenty times at once with one key is one refund; another wish with that key is refused', async () => {
    const { event, placed } = await paidOrder();
    const key = randomUUID();
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => ask(event, placed, { amount: 10_000, reason: 'x' }, key)),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(responses.filter((response) => response.headers.get('idempotent-replayed') === 'true')).toHaveLength(19);
    expect(await codeOf(await ask(event, placed, { amount: 20_000, reason: 'x' }, key))).toBe(
      '422 idempotency.key_reused',
    );
    await done(placed);
    expect(await refundsOf(world, placed)).toHaveLength(1);
  });

  test('by twenty people at once never gives more back than was paid', async () => {
    const { event, placed } = await paidOrder();
    await Promise.all(Array.from({ length: 20 }, () => ask(event, placed, { amount: 90_000, reason: 'x' })));
    await done(placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([{ refunded: 270_000 }]);
  });

  test('needs the role, the own order, and a key', async () => {
    const { event, placed } = await paidOrder();
    const other = await createPaidEvent(world);
    expect((await ask(event, placed, { reason: 'x' }, randomUUID(), 'door')).status).toBe(403);
    expect(await codeOf(await ask(other, placed, { reason: 'x' }))).toBe('404 order.not_found');
    expect(await codeOf(await ask(event, placed, { reason: 'x' }, ''))).toBe('400 idempotency.key_required');
    expect(await codeOf(await ask(event, placed, { reason: 'x', amount: -1 }))).toBe('400 request.invalid');
    expect(await codeOf(await ask(event, placed, { reason: 'x', amount: 1.5 }))).toBe('400 request.invalid');
    expect(await refundsOf(world, placed)).toEqual([]);
  });
});

describe('what the gateway does with it', () => {
  test('an answer that is lost is asked for again under the same key, and nothing goes back twice', async () => {
    const { event, placed } = await paidOrder();
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      refund: { answer: 'reset_after', times: 1 },
      callback: { drop: true },
    });
    await ask(event, placed, { reason: 'x' });
    await work(world, placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: expect.stringMatching(/processing|done/) }]);
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toHaveLength(1);
  });

  test('too little money there is tried again, a gateway without refunds becomes a task', async () => {
    const { event, placed } = await paidOrder();
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 414, times: 2 } });
    await ask(event, placed, { reason: 'x' });
    await done(placed);
    const transfer = await paidOrder({ method: 'bca_va' });
    await ask(transfer.event, transfer.placed, { reason: 'x' });
    expect(await refundsOf(world, transfer.placed)).toMatchObject([{ status: 'manual_required' }]);
    expect(await orderOf(world, transfer.placed)).toMatchObject({ status: 'refunded', tickets: 0 });
  });

  test('what it refuses for good becomes a task for a person', async () => {
    const { event, placed } = await paidOrder();
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 412 } });
    await ask(event, placed, { reason: 'x' });
    await work(world, placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'manual_required', failure: 'refused_by_state' }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'refund_manual' }]);
  });

  test('a card that has not settled is voided', async () => {
    const { event, placed } = await paidOrder({ method: 'credit_card' });
    await ask(event, placed, { reason: 'x' });
    await work(world, placed);
    await settle(world, placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'voided', refunded: 300_000 }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
  });
});

describe('the buyer', () => {
  test('who cancels gets all back, however often it is asked', async () => {
    const { placed } = await paidOrder();
    const cancel = () =>
      transaction(world.db, async (tx) => {
        const order = await lockOrder(tx, placed.eventId, placed.orderId);
        if (order !== undefined) await requestFullRefund(tx, order, 'buyer_cancelled');
      });
    await Promise.all(Array.from({ length: 5 }, cancel));
    await done(placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ amount: 300_000, reason: 'buyer_cancelled' }]);
  });
});

describe('a task', () => {
  const resolve = (event: TestEvent, taskId: string) =>
    fetch(`${world.url}/v1/organizers/${event.organizer.slug}/tasks/${taskId}/resolution`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.staffToken(event, 'manager')}` },
    });

  test('that a person did is booked from the bank, once', async () => {
    const { event, placed } = await paidOrder({ method: 'bca_va' });
    await ask(event, placed, { reason: 'x' });
    const list = await fetch(`${world.url}/v1/organizers/${event.organizer.slug}/tasks`, {
      headers: { authorization: `Bearer ${world.staffToken(event, 'manager')}` },
    });
    const { data } = (await list.json()) as { data: { id: string; kind: string }[] };
    expect(data).toMatchObject([{ kind: 'refund_manual' }]);
    const taskId = data[0]?.id ?? '';
    const other = await createPaidEvent(world);
    expect(await codeOf(await resolve(other, taskId))).toBe('404 task.not_found');
    const answers = await Promise.all(Array.from({ length: 5 }, () => resolve(event, taskId)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done' }]);
    const bank = await rowsOf<{ amount: string }>(
      world.db,
      sql`select amount::text from ledger_entries where order_id = ${placed.orderId} and account = 'bank'`,
    );
    expect(bank).toEqual([{ amount: '-300000' }]);
  });

  test('that somebody did at the gateway’s desk instead closes by itself', async () => {
    const { event, placed } = await paidOrder({ method: 'bca_va' });
    await ask(event, placed, { reason: 'x' });
    await control(world, `/payments/${placed.attemptId}/refund`, {});
    await settle(world, placed, 4);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done', reason: 'requested' }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ resolvedBy: 'system' }]);
  });
});
