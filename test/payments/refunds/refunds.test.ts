import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { transaction, rowsOf } from '../../../src/platform/database/db.ts';
import { lockOrder } from '../../../src/orders/index.ts';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import { requestFullRefund } from '../../../src/payments/index.ts';
import { paymentInvariants } from '../../../src/payments/invariants.ts';
import { type TestEvent, createPromoCode } from '../../../testkit/factories.ts';
import { placeReady, settle } from '../../../testkit/payments/payment-jobs.ts';
import { type Placed, attemptsOf, orderOf, refundsOf, stockOf } from '../../../testkit/payments/payment-rows.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { codeOf, refunding } from '../support/refunding.ts';

/** Guards the effects of a refund: how much it gives back, which tickets it revokes, and never more than was paid. */

const world = await usePaymentWorld();
const refunds = refunding(world);

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

test('a preview shows the amount of the refund, and changes nothing', async () => {
  const { event, placed } = await refunds.paidOrder({ quantity: 2 });
  const tickets = await rowsOf<{ id: string }>(
    world.db,
    sql`select id from tickets where order_id = ${placed.orderId} order by id`,
  );
  const ticketIds = [tickets[0]?.id ?? ''];
  const shown = await preview(event, placed, { ticketIds });
  expect(shown).toMatchObject({ status: 200, body: { ticketIds } });
  expect(await refundsOf(world, placed)).toEqual([]);
  const given = await refunds.ask(event, placed, { ticketIds, reason: 'One cannot come' });
  const { data } = (await given.json()) as { data: { amount: unknown }[] };
  expect(data.map(({ amount }) => amount)).toEqual([shown.body['amount']]);
  expect((await preview(event, placed, { amount: 1e12 })).body['code']).toBe('refund.amount_exceeded');
  expect((await preview(event, placed, { ticketIds: [ticketIds[0]] })).body['code']).toBe('refund.tickets_unknown');
  expect((await preview(event, placed, {}, 'door')).status).toBe(403);
});

async function liveTickets({ orderId }: Placed): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    world.db,
    sql`select id from tickets where order_id = ${orderId} and status = 'live' order by id`,
  );
  return rows.map(({ id }) => id);
}

describe('a refund by the organiser', () => {
  test('of the whole order returns all money, revokes the tickets, and puts the places on sale', async () => {
    const { event, placed } = await refunds.paidOrder({ event: { feePerTicket: 5000 } });
    const response = await refunds.ask(event, placed, { reason: 'the buyer is ill' });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      data: [{ amount: { amount: 310_000, currency: 'IDR' }, status: 'requested', reason: 'requested' }],
    });
    await refunds.done(placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', refunded: 310_000 }]);
    expect(await stockOf(world, placed)).toEqual({ available: 100, held: 0, sold: 0, blocked: 0 });
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toHaveLength(1);
  });

  test('of one ticket returns its price and revokes it alone', async () => {
    const { event, placed } = await refunds.paidOrder({ event: { feePerTicket: 5000 } });
    const [first] = await liveTickets(placed);
    expect((await refunds.ask(event, placed, { ticketIds: [first], reason: 'one is ill' })).status).toBe(201);
    await refunds.done(placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ amount: 150_000, ticketIds: [first] }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 1 });
    expect(await codeOf(await refunds.ask(event, placed, { ticketIds: [first], reason: 'again' }))).toBe(
      '409 refund.tickets_unknown',
    );
    expect((await refunds.ask(event, placed, { reason: 'the other too' })).status).toBe(201);
    await refunds.done(placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', refunded: 310_000 }]);
  });

  test('of an amount revokes no ticket, and never returns more than what is left', async () => {
    const { event, placed } = await refunds.paidOrder();
    expect((await refunds.ask(event, placed, { amount: 50_000, reason: 'a bad seat' })).status).toBe(201);
    await refunds.done(placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 2 });
    expect(await codeOf(await refunds.ask(event, placed, { amount: 250_001, reason: 'more' }))).toBe(
      '409 refund.amount_exceeded',
    );
  });

  test('of a part of the money for all tickets revokes them, and what was kept can still be refunded', async () => {
    const event = await createPaidEvent(world);
    await createPromoCode(world.db, event, { code: 'HEMAT' });
    const placed = await placeReady(world, event, { quantity: 2, promoCode: 'HEMAT' });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await settle(world, placed, 2);
    const kept = { amount: 200_000, ticketIds: await liveTickets(placed), reason: 'less a fee for cancelling late' };
    expect((await refunds.ask(event, placed, kept)).status).toBe(201);
    await refunds.done(placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 0 });
    await control(world, `/payments/${placed.attemptId}/refund`, { amount: 30_000 });
    await refunds.done(placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 0 });
    for (const { find, name } of [...paymentInvariants, ...orderInvariants])
      expect(await find(world.db), name).toEqual([]);
    expect((await refunds.ask(event, placed, { reason: 'the rest, too' })).status).toBe(201);
    await refunds.done(placed, 3);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', refunded: 270_000 }]);
  });

  test('asked for twenty times at once with one key is one refund; another body with that key is refused', async () => {
    const { event, placed } = await refunds.paidOrder();
    const key = randomUUID();
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => refunds.ask(event, placed, { amount: 10_000, reason: 'x' }, key)),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(responses.filter((response) => response.headers.get('idempotent-replayed') === 'true')).toHaveLength(19);
    expect(await codeOf(await refunds.ask(event, placed, { amount: 20_000, reason: 'x' }, key))).toBe(
      '422 idempotency.key_reused',
    );
    await refunds.done(placed);
    expect(await refundsOf(world, placed)).toHaveLength(1);
  });

  test('is another one under its key, whichever field differs', async () => {
    const { event, placed } = await refunds.paidOrder();
    const [first, second] = await liveTickets(placed);
    const key = randomUUID();
    const asked = { amount: 10_000, ticketIds: [first], reason: 'x', restock: true };
    expect((await refunds.ask(event, placed, asked, key)).status).toBe(201);
    const others = [
      { amount: 20_000 },
      { ticketIds: [second] },
      { ticketIds: undefined },
      { reason: 'y' },
      { restock: false },
    ];
    for (const other of others) {
      const answer = await refunds.ask(event, placed, { ...asked, ...other }, key);
      expect([other, await codeOf(answer)]).toEqual([other, '422 idempotency.key_reused']);
    }
    await refunds.done(placed);
  });

  test.each([
    ['kept from sale by the organiser', { restock: false }, false, { available: 98, blocked: 2 }],
    ['kept from sale once the event has begun', {}, true, { available: 98, blocked: 2 }],
    ['on sale again where the organiser says so', { restock: true }, true, { available: 100, blocked: 0 }],
  ])('leaves its places %s', async (_where, input, hasBegun, stock) => {
    const { event, placed } = await refunds.paidOrder();
    if (hasBegun)
      await world.db.execute(sql`update events set starts_at = now() - interval '1 minute' where id = ${event.id}`);
    expect((await refunds.ask(event, placed, { reason: 'x', ...input })).status).toBe(201);
    expect(await stockOf(world, placed)).toEqual({ held: 0, sold: 0, ...stock });
    await refunds.done(placed);
  });

  test('of some tickets keeps their share of the discount, to the nearest rupiah', async () => {
    const event = await createPaidEvent(world, { categories: [{ price: 100_000 }] });
    await createPromoCode(world.db, event, { code: 'POTONG', kind: 'amount', value: 10_000 });
    const placed = await placeReady(world, event, { quantity: 3, promoCode: 'POTONG' });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await settle(world, placed, 2);
    const tickets = await liveTickets(placed);
    const amountOf = async (count: number) =>
      (await preview(event, placed, { ticketIds: tickets.slice(0, count) })).body['amount'];
    expect([await amountOf(1), await amountOf(2), await amountOf(3)]).toMatchObject(
      [96_667, 193_333, 290_000].map((amount) => ({ amount })),
    );
  });

  test('of a free ticket alone returns no money, and its key repeated answers as the first time', async () => {
    const { event, placed } = await refunds.paidOrder({
      categories: [{}, { price: 0 }],
      lines: (categories) => categories.map(({ id }) => ({ ticketCategoryId: id, quantity: 1 })),
    });
    const free = await rowsOf<{ id: string }>(
      world.db,
      sql`select id from tickets where order_id = ${placed.orderId} and ticket_category_id = ${event.categories[1]?.id ?? ''}`,
    );
    const body = { ticketIds: free.map(({ id }) => id), reason: 'the child stays at home' };
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refunds.ask(event, placed, body, key)));
    answers.push(await refunds.ask(event, placed, body, key));
    for (const answer of answers) expect([answer.status, await answer.json()]).toEqual([201, { data: [] }]);
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(5);
    expect(await codeOf(await refunds.ask(event, placed, { ...body, reason: 'other' }, key))).toBe(
      '422 idempotency.key_reused',
    );
    expect(await codeOf(await refunds.ask(event, placed, body))).toBe('409 refund.tickets_unknown');
    expect(await refundsOf(world, placed)).toEqual([]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 1 });
    const [counted] = await rowsOf<{ requests: number }>(
      world.db,
      sql`select count(*)::int as requests from audit_log where act = 'refund.requested' and subject_id = ${placed.orderId}`,
    );
    expect(counted).toEqual({ requests: 1 });
  });

  test('that is refused leaves its key unused', async () => {
    const { event, placed } = await refunds.paidOrder();
    const key = randomUUID();
    const tooMuch = { amount: 999_999_999, reason: 'x' };
    expect(await codeOf(await refunds.ask(event, placed, tooMuch, key))).toBe('409 refund.amount_exceeded');
    expect((await refunds.ask(event, placed, { amount: 10_000, reason: 'x' }, key)).status).toBe(201);
    await refunds.done(placed);
  });

  test('asked for by twenty people at once never returns more than was paid', async () => {
    const { event, placed } = await refunds.paidOrder();
    await Promise.all(Array.from({ length: 20 }, () => refunds.ask(event, placed, { amount: 90_000, reason: 'x' })));
    await refunds.done(placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([{ refunded: 270_000 }]);
  });

  test('requires the role, an order of the organiser, and an idempotency key', async () => {
    const { event, placed } = await refunds.paidOrder();
    const other = await createPaidEvent(world);
    expect((await refunds.ask(event, placed, { reason: 'x' }, randomUUID(), 'door')).status).toBe(403);
    expect(await codeOf(await refunds.ask(other, placed, { reason: 'x' }))).toBe('404 order.not_found');
    expect(await codeOf(await refunds.ask(event, placed, { reason: 'x' }, ''))).toBe('400 idempotency.key_required');
    expect(await codeOf(await refunds.ask(event, placed, { reason: 'x', amount: -1 }))).toBe('400 request.invalid');
    expect(await codeOf(await refunds.ask(event, placed, { reason: 'x', amount: 1.5 }))).toBe('400 request.invalid');
    expect(await refundsOf(world, placed)).toEqual([]);
  });
});

describe('a buyer’s cancellation', () => {
  test('refunds the whole order once, for any number of requests', async () => {
    const { placed } = await refunds.paidOrder();
    const cancel = () =>
      transaction(world.db, async (tx) => {
        const order = await lockOrder(tx, placed.eventId, placed.orderId);
        if (order !== undefined) await requestFullRefund(tx, order, 'buyer_cancelled');
      });
    await Promise.all(Array.from({ length: 5 }, cancel));
    // Money comes back, so the buyer is told, once.
    const told = sql`select 1 from outbox where name = 'order.refunded' and payload ->> 'orderId' = ${placed.orderId}`;
    expect(await rowsOf(world.db, told)).toHaveLength(1);
    await refunds.done(placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ amount: 300_000, reason: 'buyer_cancelled' }]);
  });
});
