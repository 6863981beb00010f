import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Order } from '../../../src/orders/index.ts';
import { orders } from '../../../src/orders/tables.ts';
import { promoKeyOf } from '../../../src/orders/promo-codes/code.ts';
import { placeOrderSchema } from '../../../src/orders/schemas.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { order, placingDeps } from '../../../testkit/orders/placing.ts';

/** Guards what an order costs: one rule for the fee, the price that the buyer was told, codes as people type them. */

const { open } = await useTestDb();
const deps = placingDeps(open);

const rupiah = (amount: number) => ({ amount, currency: 'IDR' as const });

async function ordersOf(event: TestEvent): Promise<Order[]> {
  return open.db.select().from(orders).where(sql`event_id = ${event.id}`);
}

describe('the fee applies to tickets that cost something after the discount', () => {
  const fee = 5000;
  const free = { price: 0 };
  const cheap = { price: 100 };
  const dear = { price: 150_000 };
  const mixed = async () => {
    const event = await createEvent(open.db, { categories: [free, cheap, dear], event: { feePerTicket: fee } });
    await createPromoCode(open.db, event, { code: 'NINETY-NINE', kind: 'percent', value: 99 });
    await createPromoCode(open.db, event, { code: 'ALL', kind: 'percent', value: 100 });
    await createPromoCode(open.db, event, { code: 'LESS', kind: 'amount', value: 100 });
    await createPromoCode(open.db, event, { code: 'MORE', kind: 'amount', value: 1_000_000 });
    return event;
  };

  test.each([
    ['a free ticket alone pays none', [1, 0, 0], undefined, { discount: 0, fees: 0, total: 0 }],
    ['a free ticket beside a priced one pays none', [1, 0, 1], undefined, { discount: 0, fees: fee, total: 155_000 }],
    ['nine free ones beside one', [9, 1, 0], undefined, { discount: 0, fees: fee, total: 100 + fee }],
    ['two prices, two fees', [3, 1, 1], undefined, { discount: 0, fees: 2 * fee, total: 150_100 + 2 * fee }],
    // 99 % of 100 rounds down to 99: a rupiah is left, and with it the fee.
    ['a rupiah that is left', [1, 1, 0], 'NINETY-NINE', { discount: 99, fees: fee, total: 1 + fee }],
    ['a discount to nothing', [1, 1, 1], 'ALL', { discount: 150_100, fees: 0, total: 0 }],
    ['an amount as large as the price', [1, 1, 0], 'LESS', { discount: 100, fees: 0, total: 0 }],
    [
      'an amount as large as one of two prices',
      [0, 1, 1],
      'LESS',
      { discount: 100, fees: 2 * fee, total: 150_000 + 2 * fee },
    ],
    ['an amount beyond the price', [2, 0, 1], 'MORE', { discount: 150_000, fees: 0, total: 0 }],
  ] as const)('%s', async (_name, quantities, promoCode, expected) => {
    const event = await mixed();
    const lines = event.categories.flatMap(({ id }, index) => {
      const quantity = quantities[index] ?? 0;
      return quantity === 0 ? [] : [{ ticketCategoryId: id, quantity }];
    });
    const placed = await order(deps, event, { lines, ...(promoCode === undefined ? {} : { promoCode }) });
    expect({
      discount: placed.order.discount.amount,
      fees: placed.order.fees.amount,
      total: placed.order.total.amount,
    }).toEqual(expected);
    expect(placed.order.status).toBe(expected.total === 0 ? 'paid' : 'pending_payment');
  });
});

describe('the expected total', () => {
  test('equals the real total, or nothing is ordered and the answer has the real total', async () => {
    const event = await createEvent(open.db, { event: { feePerTicket: 5000 }, categories: [{ capacity: 3 }] });
    await expect(order(deps, event, { expectedTotal: rupiah(155_000) })).resolves.toMatchObject({ replayed: false });
    await open.db.execute(sql`update ticket_categories set price = 175000 where event_id = ${event.id}`);
    await expect(order(deps, event, { expectedTotal: rupiah(155_000) })).rejects.toMatchObject({
      code: 'order.price_changed',
      details: { total: rupiah(180_000), subtotal: rupiah(175_000), discount: rupiah(0), fees: rupiah(5000) },
    });
    expect(await ordersOf(event)).toHaveLength(1);
    const [stock] = await open.db.execute(sql`select available, held from stock where event_id = ${event.id}`);
    expect(stock).toMatchObject({ available: 2, held: 1 });
  });

  test.each([
    ['too low', rupiah(149_999)],
    ['too high: a price that fell is told, too', rupiah(150_001)],
    ['in another currency', { amount: 150_000, currency: 'USD' as const }],
    ['nothing', rupiah(0)],
  ])('%s is a difference', async (_name, expectedTotal) => {
    const event = await createEvent(open.db);
    await expect(order(deps, event, { expectedTotal })).rejects.toMatchObject({ code: 'order.price_changed' });
    expect(await ordersOf(event)).toEqual([]);
  });

  test('is compared with the total after the promo code', async () => {
    const event = await createEvent(open.db);
    await createPromoCode(open.db, event, { code: 'TENTH' });
    const refused = order(deps, event, { promoCode: 'TENTH', expectedTotal: rupiah(150_000) });
    await expect(refused).rejects.toMatchObject({ details: { total: rupiah(135_000), discount: rupiah(15_000) } });
    await expect(order(deps, event, { promoCode: 'TENTH', expectedTotal: rupiah(135_000) })).resolves.toMatchObject({
      order: { total: rupiah(135_000) },
    });
  });

  test('does not keep a retry from its order: the first try may have placed it', async () => {
    const event = await createEvent(open.db);
    const [key, buyer] = [randomUUID(), someBuyer()];
    const first = await order(deps, event, { key, buyer, expectedTotal: rupiah(150_000) });
    await open.db.execute(sql`update ticket_categories set price = 175000 where event_id = ${event.id}`);
    for (const expectedTotal of [rupiah(150_000), rupiah(175_000), undefined]) {
      const again = await order(deps, event, { key, buyer, ...(expectedTotal === undefined ? {} : { expectedTotal }) });
      expect(again).toMatchObject({ replayed: true, order: { id: first.order.id, total: rupiah(150_000) } });
    }
    expect(await ordersOf(event)).toHaveLength(1);
  });

  test('refuses one order of a batch alone', async () => {
    const event = await createEvent(open.db);
    const totals = [150_000, 1, 150_000, undefined, 2];
    const results = await Promise.allSettled(
      totals.map((total) => order(deps, event, total === undefined ? {} : { expectedTotal: rupiah(total) })),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });
});

describe('a total that no gateway takes', () => {
  test.each([
    ['above the highest', { IDR: 299_999 }, 2, 'order.not_payable'],
    ['at the highest', { IDR: 300_000 }, 2, undefined],
    ['in a currency that is not taken', { USD: 1_000_000 }, 1, 'order.not_payable'],
    ['without any gateway', {}, 1, 'order.not_payable'],
  ])('%s', async (_name, totalMaxes, quantity, code) => {
    const event = await createEvent(open.db);
    const placed = order(placingDeps(open, { totalMaxes }), event, { quantity });
    if (code === undefined) await expect(placed).resolves.toBeDefined();
    else await expect(placed).rejects.toMatchObject({ code });
  });

  test('does not apply to free orders', async () => {
    const event = await createEvent(open.db, { categories: [{ price: 0 }], event: { currency: 'USD' } });
    await expect(order(placingDeps(open, { totalMaxes: { IDR: 1 } }), event)).resolves.toMatchObject({
      order: { status: 'paid' },
    });
  });
});

test.each<[string, { validFrom?: number; validUntil?: number; status?: 'closed' }, string | undefined]>([
  ['before it is valid', { validFrom: 1 }, 'promo.invalid'],
  ['while it is valid', { validFrom: -1, validUntil: 1 }, undefined],
  ['after it was valid', { validUntil: -1 }, 'promo.invalid'],
  ['once it is closed', { status: 'closed' }, 'promo.invalid'],
])('a promo code %s', async (_when, { status = 'active', ...hours }, code) => {
  const event = await createEvent(open.db);
  const times = Object.entries(hours).map(([name, hour]) => [name, new Date(Date.now() + hour * 3_600_000)]);
  await createPromoCode(open.db, event, { code: 'TENTH', status, ...Object.fromEntries(times) });
  const placed = order(deps, event, { promoCode: 'TENTH' });
  if (code === undefined) await expect(placed).resolves.toMatchObject({ order: { discount: rupiah(15_000) } });
  else await expect(placed).rejects.toMatchObject({ code });
});

describe('a promo code as people type it', () => {
  test.each([
    'EARLY-BIRD',
    'early-bird',
    ' early bird ',
    'EARLYBIRD',
    'E A R L Y B I R D',
    'early – bird',
    'early—bird',
    'early−bird',
    'early‑bird',
    'early\u00adbird',
    'ｅａｒｌｙ－ｂｉｒｄ',
    'Early\u200bBird\u200e',
    '\u202aEARLY-BIRD\u202c',
    'early\u00a0bird',
    'early\nbird',
  ])('%j is found', async (promoCode) => {
    const event = await createEvent(open.db);
    await createPromoCode(open.db, event, { code: 'EARLY-BIRD' });
    const input = parse(promoCode);
    await expect(order(deps, event, { promoCode: input ?? 'lost' })).resolves.toMatchObject({
      order: { discount: rupiah(15_000) },
    });
  });

  test.each(['', ' ', '\t\n', '\u200b', '\u3000', '\u00a0 \ufeff'])('%j is none', async (promoCode) => {
    const event = await createEvent(open.db);
    await expect(order(deps, event, { promoCode: parse(promoCode) ?? 'lost' })).resolves.toMatchObject({
      order: { discount: rupiah(0) },
    });
  });

  test.each(['-', '?', 'AB', 'ÄÖÜ', "'; drop table orders", 'x'.repeat(5000), '🎟️', '{A,B}', 'A\0Ä', '早鳥'])(
    '%j is not valid, and no format error',
    async (promoCode) => {
      const event = await createEvent(open.db);
      await expect(order(deps, event, { promoCode: parse(promoCode) ?? 'lost' })).rejects.toMatchObject({
        code: 'promo.invalid',
      });
    },
  );

  test('has a key that is safe in a query, whatever it contains', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(parse(text)).toBe(text);
        expect(promoKeyOf(text) ?? 'NONE').toMatch(/^(?:[A-Z0-9]{1,32}|\?)$/);
      }),
    );
  });

  function parse(promoCode: string): string | undefined {
    return placeOrderSchema.parse({
      eventSlug: 'an-event',
      buyer: { name: 'Ayu', email: 'ayu@example.test', phone: '081234567890' },
      lines: [{ ticketCategoryId: 'cat_06FJ2V1H8C9QX4T0RBVE', quantity: 1 }],
      promoCode,
    }).promoCode;
  }
});
