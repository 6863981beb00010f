import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderCode } from '../../../src/platform/ids.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order, pay } from '../../../testkit/orders/placing.ts';

let desk: OrganizerDesk;

beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

describe('orders at the desk', () => {
  test('are paged newest first, each once, filtered by status', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await order(desk.deps, event)).order.id);
    await pay(desk.open.db, ids[2] ?? '');
    const first = await desk.read(`/events/${event.id}/orders?limit=3`);
    const second = await desk.read(`/events/${event.id}/orders?limit=3&cursor=${first.nextCursor}`);
    const listed = [...first.data, ...second.data].map((row) => row.id);
    expect(new Set(listed)).toEqual(new Set(ids));
    expect(listed).toEqual(listed.toSorted().toReversed());
    expect(second.nextCursor).toBeNull();
    expect((await desk.read(`/events/${event.id}/orders?status=paid`)).data.map((row) => row.id)).toEqual([ids[2]]);
    for (const query of ['status=nonsense', 'cursor=nonsense', 'limit=0', 'limit=1e9', 'x=1']) {
      expect((await desk.get(`/events/${event.id}/orders?${query}`)).status, query).toBe(400);
    }
  });

  test('are found by the whole code or the whole email, and by nothing shorter', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const buyer = someBuyer();
    const { order: placed } = await order(desk.deps, event, { buyer });
    await order(desk.deps, event);
    const found = async (q: string, headers = desk.manager) =>
      (await desk.read(`/events/${event.id}/orders?q=${encodeURIComponent(q)}`, headers)).data.map((row) => row.id);
    const code = orderCode(placed.id);
    for (const q of [code, code.replace('-', ''), code.toLowerCase(), buyer.email, buyer.email.toUpperCase()]) {
      expect(await found(q), q).toEqual([placed.id]);
    }
    for (const q of [code.slice(0, 5), buyer.email.slice(1), '%', "' or 1=1 --", 'Ayu Lestari'])
      expect(await found(q), q).toEqual([]);
    expect(await found(code, desk.door)).toEqual([placed.id]);
    expect(await found(buyer.email, desk.door)).toEqual([]);
  });

  test('show door staff the name of the buyer without contact data', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const buyer = someBuyer();
    const { order: placed } = await order(desk.deps, event, { buyer });
    expect((await desk.read(`/orders/${placed.id}`)).buyer).toEqual(buyer);
    expect((await desk.read(`/orders/${placed.id}`, desk.door)).buyer).toEqual({ name: buyer.name });
    const listed = JSON.stringify(await desk.read(`/events/${event.id}/orders`, desk.door));
    for (const secret of [buyer.email, buyer.phone]) expect(listed).not.toContain(secret);
  });

  test('show no internal fields', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const { order: placed } = await order(desk.deps, event);
    expect(Object.keys(await desk.read(`/orders/${placed.id}`)).sort()).toEqual(
      'buyer cancelledBy closedAt code discount eventId eventSlug expiresAt fees flags id lines placedAt status subtotal total'.split(
        ' ',
      ),
    );
  });
});

describe('sales figures', () => {
  test('agree with what was bought, held and refunded', async () => {
    const event = await createEvent(desk.open.db, {
      organizer: desk.organizer,
      categories: [
        { capacity: 20, price: 100_000 },
        { pool: 0, price: 250_000 },
      ],
    });
    const [first, second] = event.categories;
    const both = [
      { ticketCategoryId: first?.id ?? '', quantity: 2 },
      { ticketCategoryId: second?.id ?? '', quantity: 1 },
    ];
    const { order: paid } = await order(desk.deps, event, { lines: both });
    await pay(desk.open.db, paid.id);
    const { order: back } = await order(desk.deps, event, { lines: both });
    await pay(desk.open.db, back.id);
    await desk.open.db.execute(sql`select revoke_tickets(${event.id}, ${back.id}, null, true, 'refunded', 'test')`);
    await order(desk.deps, event, { quantity: 4 });
    expect(await desk.read(`/events/${event.id}/sales`)).toMatchObject({
      ticketCategories: [
        { ticketCategoryId: first?.id, paid: 2, held: 4, available: 13, revenue: { amount: 200_000, currency: 'IDR' } },
        { ticketCategoryId: second?.id, paid: 1, held: 0, available: 13, revenue: { amount: 250_000 } },
      ],
      pools: [{ capacity: 20, available: 13, held: 4, sold: 3, blocked: 0 }],
      total: {
        paid: 3,
        held: 4,
        revenue: { amount: 450_000, currency: 'IDR' },
        gatewayFees: { amount: 0, currency: 'IDR' },
      },
    });
  });
});
