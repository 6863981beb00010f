import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { type TestEventOptions, createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { type OrderOptions, order, placingDeps } from '../../../testkit/orders/placing.ts';

const { open } = await useTestDb();
const deps = placingDeps(open);

async function stockOf(eventId: string) {
  return rowsOf<{ available: number; held: number; sold: number }>(
    open.db,
    sql`select available, held, sold from stock where event_id = ${eventId} order by pool_id`,
  );
}

describe('what an order gets', () => {
  test('tickets are held, the payment is staged, and prices come from the database', async () => {
    const event = await createEvent(open.db, { event: { feePerTicket: 5000 } });
    const { order: placed, replayed } = await order(deps, event, { quantity: 2 });
    expect(replayed).toBe(false);
    expect(placed).toMatchObject({
      status: 'pending_payment',
      eventSlug: event.slug,
      subtotal: { amount: 300_000, currency: 'IDR' },
      fees: { amount: 10_000, currency: 'IDR' },
      total: { amount: 310_000, currency: 'IDR' },
      lines: [{ quantity: 2, unitPrice: { amount: 150_000, currency: 'IDR' }, name: 'Category 1' }],
      payment: { status: 'creating' },
    });
    expect(await stockOf(event.id)).toEqual([{ available: 98, held: 2, sold: 0 }]);
    const staged = await rowsOf<{ name: string }>(
      open.db,
      sql`select name from outbox where payload->>'orderId' = ${placed.id}`,
    );
    expect(staged).toEqual([{ name: 'order.placed' }]);
    expect(new Date(placed.expiresAt).getTime() - new Date(placed.placedAt).getTime()).toBe(1_800_000);
  });

  test('orders that are placed together share jobs, free ones apart from those that must be paid', async () => {
    const event = await createEvent(open.db, { categories: [{ price: 0 }, { price: 90_000 }] });
    const [free, priced] = event.categories.map(({ id }) => [{ ticketCategoryId: id, quantity: 1 }]);
    const place = async (lines: typeof free) => (await order(deps, event, lines && { lines })).order.id;
    const ids = await Promise.all(Array.from({ length: 48 }, (_, index) => place(index < 20 ? free : priced)));
    const staged = await rowsOf<{ name: string; orders: string[] }>(
      open.db,
      sql`select name, coalesce(payload -> 'orderIds', jsonb_build_array(payload -> 'orderId')) as orders from outbox
          where event_id = ${event.id}`,
    );
    for (const [fact, own, sizes] of [
      ['paid', ids.slice(0, 20), [10, 10]],
      ['placed', ids.slice(20), [8, 10, 10]],
    ] as const) {
      const ofFact = staged.filter(({ name }) => name.endsWith(`.${fact}`));
      expect(ofFact.flatMap(({ orders }) => orders).toSorted()).toEqual(own.toSorted());
      for (const { name, orders } of ofFact) expect(name).toBe(`${orders.length === 1 ? 'order' : 'orders'}.${fact}`);
      expect(ofFact.map(({ orders }) => orders.length).toSorted((a, b) => a - b)).toEqual(sizes);
    }
  });

  test('a free order is paid at once and has its tickets', async () => {
    const event = await createEvent(open.db, { categories: [{ price: 0 }], event: { feePerTicket: 5000 } });
    const { order: placed } = await order(deps, event, { quantity: 3 });
    expect(placed).toMatchObject({ status: 'paid', total: { amount: 0 }, payment: { status: 'none' } });
    expect(await stockOf(event.id)).toEqual([{ available: 97, held: 0, sold: 3 }]);
    const tickets = await rowsOf<{ id: string }>(
      open.db,
      sql`select id from tickets where order_id = ${placed.id} order by id`,
    );
    expect(tickets.map((ticket) => ticket.id.slice(-3))).toEqual(['001', '002', '003']);
  });

  test('a free order is accepted while payments are busy, and one with a priced ticket is not', async () => {
    const event = await createEvent(open.db, { categories: [{ price: 0 }, { price: 90_000 }] });
    const [free, priced] = event.categories.map(({ id }) => ({ ticketCategoryId: id, quantity: 1 }));
    const busy = { ...deps, isPaymentBusy: () => true };
    const lines = [free, priced].flatMap((line) => (line === undefined ? [] : [line]));
    await expect(order(busy, event, { lines: lines.slice(1) })).rejects.toMatchObject({ code: 'payments.busy' });
    await expect(order(busy, event, { lines })).rejects.toMatchObject({ code: 'payments.busy' });
    await expect(order(busy, event, { lines: lines.slice(0, 1) })).resolves.toMatchObject({
      order: { status: 'paid' },
    });
  });

  test('several categories that share a pool are sold together or not at all', async () => {
    const event = await createEvent(open.db, { categories: [{ capacity: 3 }, { pool: 0, price: 90_000 }] });
    const [first, second] = event.categories;
    const lines = (one: number, two: number) => [
      { ticketCategoryId: first?.id ?? '', quantity: one },
      { ticketCategoryId: second?.id ?? '', quantity: two },
    ];
    await expect(order(deps, event, { lines: lines(2, 2) })).rejects.toMatchObject({ code: 'stock.sold_out' });
    expect(await stockOf(event.id)).toEqual([{ available: 3, held: 0, sold: 0 }]);
    await expect(order(deps, event, { lines: lines(2, 1) })).resolves.toMatchObject({
      order: { total: { amount: 390_000 } },
    });
    expect(await stockOf(event.id)).toEqual([{ available: 0, held: 3, sold: 0 }]);
  });

  test('a batch is decided in the order of arrival: a large order that does not fit leaves room for a small one', async () => {
    const event = await createEvent(open.db, { categories: [{ capacity: 3 }] });
    const results = await Promise.allSettled([2, 2, 1].map((quantity) => order(deps, event, { quantity })));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('idempotency lives on the order', () => {
  test('a repeated key and body find the order, also with another spelling of the JSON', async () => {
    const event = await createEvent(open.db);
    const key = randomUUID();
    const buyer = someBuyer();
    const first = await order(deps, event, { key, buyer });
    const second = await order(deps, event, {
      key,
      buyer: { phone: buyer.phone, email: buyer.email, name: buyer.name },
    });
    expect(second.replayed).toBe(true);
    expect(second.order.id).toBe(first.order.id);
    expect(second.order.accessToken).toBe(first.order.accessToken);
    expect(await stockOf(event.id)).toEqual([{ available: 99, held: 1, sold: 0 }]);
  });

  test('another body under the key is refused, whichever field differs', async () => {
    const event = await createEvent(open.db, { categories: [{}, { pool: 0 }] });
    await createPromoCode(open.db, event, { code: 'SEPULUH' });
    const [key, buyer, { email, phone }] = [randomUUID(), someBuyer(), someBuyer()];
    await order(deps, event, { key, buyer });
    const others: readonly OrderOptions[] = [
      { buyer: { ...buyer, name: 'Budi' } },
      { buyer: { ...buyer, email } },
      { buyer: { ...buyer, phone } },
      { quantity: 2 },
      { lines: [{ ticketCategoryId: event.categories[1]?.id ?? '', quantity: 1 }] },
      { promoCode: 'SEPULUH' },
      { locale: 'en' },
    ];
    for (const other of others) {
      const again = order(deps, event, { key, buyer, ...other });
      await expect(again, JSON.stringify(other)).rejects.toMatchObject({ code: 'idempotency.key_reused' });
    }
  });

  test('a retry finds its order after the sale has closed and the stock is gone', async () => {
    const event = await createEvent(open.db, { categories: [{ capacity: 1 }] });
    const key = randomUUID();
    const buyer = someBuyer();
    const first = await order(deps, event, { key, buyer });
    await open.db.execute(sql`update events set sales = 'closed' where id = ${event.id}`);
    await expect(order(deps, event)).rejects.toMatchObject({ code: 'sale.not_open' });
    await expect(order(deps, event, { key, buyer })).resolves.toMatchObject({
      replayed: true,
      order: { id: first.order.id },
    });
  });

  test('a refusal is not stored: the same key succeeds once the sale is open', async () => {
    const event = await createEvent(open.db, { event: { sales: 'closed' } });
    const key = randomUUID();
    const buyer = someBuyer();
    await expect(order(deps, event, { key, buyer })).rejects.toMatchObject({ code: 'sale.not_open' });
    await open.db.execute(sql`update events set sales = 'open' where id = ${event.id}`);
    await expect(order(deps, event, { key, buyer })).resolves.toMatchObject({ replayed: false });
  });
});

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

test.each<[string, TestEventOptions]>([
  ['before the sale opens', { categories: [{ saleOpensAt: inHours(1) }] }],
  ['after the sale has closed', { categories: [{ saleOpensAt: inHours(-2), saleClosesAt: inHours(-1) }] }],
  ['of an event that is over', { event: { doorsOpenAt: inHours(-4), startsAt: inHours(-3), endsAt: inHours(-1) } }],
])('no ticket is sold %s', async (_when, options) => {
  await expect(order(deps, await createEvent(open.db, options))).rejects.toMatchObject({ code: 'sale.not_open' });
});

describe('limits', () => {
  test('per order, per category', async () => {
    const event = await createEvent(open.db, {
      event: { ticketsPerOrderMax: 4 },
      categories: [{ perOrderMin: 2, perOrderMax: 5 }],
    });
    await expect(order(deps, event, { quantity: 1 })).rejects.toMatchObject({
      code: 'order.limit_exceeded',
      details: { limit: 'per_order_min', min: 2 },
    });
    await expect(order(deps, event, { quantity: 6 })).rejects.toMatchObject({
      details: { limit: 'per_order_max', max: 5 },
    });
    await expect(order(deps, event, { quantity: 5 })).rejects.toMatchObject({
      details: { limit: 'per_order_max', max: 4 },
    });
    await expect(order(deps, event, { quantity: 4 })).resolves.toBeDefined();
  });

  test('per buyer across orders, however email and phone are spelt', async () => {
    const event = await createEvent(open.db, { event: { ticketsPerBuyerMax: 3 } });
    const buyer = { name: 'Ayu', email: 'ayu.lestari@gmail.com', phone: '+6281200000001' };
    await order(deps, event, { buyer, quantity: 2 });
    const again = { name: 'A', email: 'AyuLestari+tiket@googlemail.com', phone: '0812-0000-0001' };
    await expect(order(deps, event, { buyer: again, quantity: 2 })).rejects.toMatchObject({
      details: { limit: 'per_buyer_max', max: 3 },
    });
    await expect(order(deps, event, { buyer: again, quantity: 1 })).resolves.toBeDefined();
  });

  test('per buyer and category', async () => {
    const event = await createEvent(open.db, { categories: [{ perBuyerMax: 2 }, {}] });
    const [limited, free] = event.categories.map((category) => category.id);
    const buyer = someBuyer();
    await order(deps, event, { buyer, lines: [{ ticketCategoryId: limited ?? '', quantity: 2 }] });
    await expect(
      order(deps, event, { buyer, lines: [{ ticketCategoryId: limited ?? '', quantity: 1 }] }),
    ).rejects.toMatchObject({
      details: { limit: 'per_buyer_max', max: 2 },
    });
    await expect(
      order(deps, event, { buyer, lines: [{ ticketCategoryId: free ?? '', quantity: 5 }] }),
    ).resolves.toBeDefined();
  });

  test('one network cannot hold more than its share', async () => {
    const capped = placingDeps(open, { heldPerNetworkMax: 3 });
    const event = await createEvent(open.db);
    await order(capped, event, { quantity: 2, network: '198.51.100.0/24' });
    await expect(order(capped, event, { quantity: 2, network: '198.51.100.0/24' })).rejects.toMatchObject({
      details: { limit: 'held_per_network' },
    });
    await expect(order(capped, event, { quantity: 2, network: '203.0.113.0/24' })).resolves.toBeDefined();
  });

  test('the networks of one IPv6 /48, which may be one rented machine, hold no more than one network does', async () => {
    const capped = placingDeps(open, { heldPerNetworkMax: 3 });
    const event = await createEvent(open.db);
    await order(capped, event, { quantity: 2, network: '2001:db8:1:1::/64' });
    await expect(order(capped, event, { quantity: 2, network: '2001:db8:1:2::/64' })).rejects.toMatchObject({
      details: { limit: 'held_per_network' },
    });
    await expect(order(capped, event, { quantity: 2, network: '2001:db8:2:1::/64' })).resolves.toBeDefined();
  });
});

describe('promo codes', () => {
  test('discount by percent and by amount, down to a free order', async () => {
    const event = await createEvent(open.db, { event: { feePerTicket: 1000 } });
    await createPromoCode(open.db, event, { code: 'SEPULUH', kind: 'percent', value: 10 });
    await createPromoCode(open.db, event, { code: 'GRATIS', kind: 'amount', value: 1_000_000 });
    await expect(order(deps, event, { promoCode: 'SEPULUH' })).resolves.toMatchObject({
      order: { discount: { amount: 15_000 }, total: { amount: 136_000 } },
    });
    await expect(order(deps, event, { promoCode: 'GRATIS' })).resolves.toMatchObject({
      order: { status: 'paid', fees: { amount: 0 }, total: { amount: 0 } },
    });
    await expect(order(deps, event, { promoCode: 'TIDAK-ADA' })).rejects.toMatchObject({ code: 'promo.invalid' });
  });

  test('a limit holds inside one batch', async () => {
    const event = await createEvent(open.db);
    await createPromoCode(open.db, event, { code: 'SATU', redemptionsMax: 1 });
    const results = await Promise.allSettled([1, 2, 3].map(() => order(deps, event, { promoCode: 'SATU' })));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});

test('unknown events and categories of other events are refused', async () => {
  const event = await createEvent(open.db);
  const other = await createEvent(open.db);
  await expect(order(deps, { ...event, slug: 'no-such-event' })).rejects.toMatchObject({ code: 'event.not_found' });
  await expect(order(deps, { ...event, categories: other.categories })).rejects.toMatchObject({
    code: 'order.category_unknown',
  });
  const draft = await createEvent(open.db, { event: { status: 'draft' } });
  await expect(order(deps, draft)).rejects.toMatchObject({ code: 'event.not_found' });
});
