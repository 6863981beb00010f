import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { type Shops, openShops, outcomesOf } from '../support/shops.ts';
import { pay } from '../support/steps.ts';
import { faultsOf } from '../support/witness.ts';
import {
  placementLocks,
  slowDecision,
  withoutConstraints,
  withoutCounterKey,
  withoutGuard,
} from '../support/without-guard.ts';

/**
 * Guards promise 4 of the orders: limits per buyer and of promo codes hold however many requests arrive at once (T05,
 * T06).
 */

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.close());

const orders = 50;

describe('one buyer, limit 2, 50 orders at once over two processes and two pools', () => {
  const rush = async ({ url, db }: RaceDatabase, quantity: number) => {
    const event = await createEvent(db, { event: { ticketsPerBuyerMax: 2 }, categories: [{}, {}] });
    const buyer = someBuyer();
    const answers = await shops.sell(
      url,
      event,
      Array.from({ length: orders }, (_, index) => ({
        buyer: index % 4 < 2 ? buyer : { ...buyer, email: buyer.email.toUpperCase() },
        lines: [{ ticketCategoryId: event.categories[Math.floor(index / 2) % 2]?.id ?? '', quantity }],
      })),
    );
    const [held] = await rowsOf<{ tickets: number }>(
      db,
      sql`select sum(quantity)::int as tickets from orders where event_id = ${event.id}`,
    );
    return { ...outcomesOf(answers), tickets: held?.tickets };
  };

  test('get 2 tickets', () =>
    inDatabase(async (database) => {
      expect(await rush(database, 1)).toEqual({ placed: 2, 'order.limit_exceeded': orders - 2, tickets: 2 });
      expect(await rush(database, 2)).toEqual({ placed: 1, 'order.limit_exceeded': orders - 1, tickets: 2 });
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: counted before the lane is taken, the buyer gets more', asControl, () =>
    inDatabase(async (database) => {
      await withoutCounterKey(database.directUrl);
      await withoutGuard(database.directUrl, 'place_orders', [...placementLocks, slowDecision]);
      // Two calls must meet; on a busy machine they may miss each other once.
      let most = 0;
      for (let tries = 0; tries < 5 && most <= 2; tries += 1) most = (await rush(database, 2)).tickets ?? 0;
      expect(most).toBeGreaterThan(2);
    }),
  );
});

describe('one buyer with a limit of 2 holds 20 orders from as many networks and pays all at once over two pools', () => {
  const held = 20;
  const rush = async (
    { url, db }: RaceDatabase,
    limits: { event?: number; category?: number },
    aliases: (buyer: ReturnType<typeof someBuyer>, index: number) => ReturnType<typeof someBuyer>,
  ) => {
    const event = await createEvent(db, {
      event: { ticketsPerBuyerMax: limits.event ?? null },
      categories: [{ perBuyerMax: limits.category ?? null }, {}],
    });
    const buyer = someBuyer();
    const answers = await shops.sell(
      url,
      event,
      Array.from({ length: held }, (_, index) => ({
        buyer: aliases(buyer, index),
        network: `198.51.${index}.0/24`,
        lines: [
          {
            ticketCategoryId: event.categories[limits.event === undefined ? 0 : Math.floor(index / 2) % 2]?.id ?? '',
            quantity: 1,
          },
        ],
      })),
    );
    expect(outcomesOf(answers)).toEqual({ placed: held });
    const opens = [openTestDb(url, 6), openTestDb(url, 6)];
    try {
      const paid = answers.map(({ orderId }, index) => pay((opens[index % 2] ?? opens[0])!.db, orderId ?? ''));
      const told: Record<string, number> = {};
      for (const outcome of await Promise.all(paid)) told[outcome] = (told[outcome] ?? 0) + 1;
      const bought = await rowsOf<{ key: string; tickets: number }>(
        db,
        sql`select buyer.key, count(*)::int as tickets
            from tickets t join orders o on o.event_id = t.event_id and o.id = t.order_id
            cross join unnest(o.buyer_keys) as buyer(key)
            where o.event_id = ${event.id} and t.status = 'live' group by 1 order by 2 desc limit 2`,
      );
      return { told, most: bought.map(({ tickets }) => tickets) };
    } finally {
      await Promise.all(opens.map((open) => open.close()));
    }
  };

  /** Half of them by the same phone under other mailboxes, half by the same mailbox with other phones. */
  const twoNames = (buyer: ReturnType<typeof someBuyer>, index: number) =>
    index % 2 === 0 ? { ...buyer, email: `other.${index}@example.test` } : { ...buyer, phone: someBuyer().phone };

  test.each([{ event: 2 }, { category: 2 }])(
    'pay for 2 by the mailbox and 2 by the phone, and the others are refunded: %j',
    (limits) =>
      inDatabase(async (database) => {
        // The two names have no order in common: each may have its two.
        expect(await rush(database, limits, twoNames)).toEqual({
          told: { paid: 4, over_limit: held - 4 },
          most: [2, 2],
        });
        expect(await faultsOf(database.db)).toEqual([]);
      }),
  );

  test('control: read before it is counted, more than the limit is paid', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'count_paid', [
        [
          'begin\n',
          `begin
  if exists (select 1 from limit_counters l where l.event_id = p_order.event_id and l.quantity >= 1
      and l.counter_key = 'b:' || p_order.buyer_keys[1]) then
    return false;
  end if;
  perform pg_sleep(0.05);
`,
        ],
        ['bool_or(counted.quantity > limited.max and counted.quantity > limited.quantity)', 'false'],
      ]);
      expect(Math.max(...(await rush(database, { event: 1 }, (buyer) => buyer)).most)).toBeGreaterThan(1);
    }),
  );
});

describe('a promo code with limit 1 in 50 orders at once', () => {
  const rush = async ({ url, db }: RaceDatabase) => {
    const event = await createEvent(db);
    const promo = await createPromoCode(db, event, { code: 'SATU', redemptionsMax: 1 });
    const answers = await shops.sell(
      url,
      event,
      Array.from({ length: orders }, () => ({ buyer: someBuyer(), promoCode: 'SATU' })),
    );
    return { told: outcomesOf(answers), ...(await redeemed(db, event, promo)) };
  };
  const redeemed = async (db: Db, event: TestEvent, promo: string) => {
    const [row] = await rowsOf<{ counted: number; discounted: number }>(
      db,
      sql`select redemptions as counted,
            (select count(*)::int from orders o where o.event_id = ${event.id} and o.discount > 0) as discounted
          from promo_codes where id = ${promo}`,
    );
    return row;
  };

  test('is redeemed once, and discounts one order', () =>
    inDatabase(async (database) => {
      expect(await rush(database)).toEqual({
        told: { placed: 1, 'promo.used_up': orders - 1 },
        counted: 1,
        discounted: 1,
      });
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: read without a lock and written later, it is redeemed more often', asControl, () =>
    inDatabase(async (database) => {
      await withoutCounterKey(database.directUrl);
      await withoutConstraints(database.directUrl, 'promo_codes', ['promo_codes_limit']);
      await withoutGuard(database.directUrl, 'place_orders', [
        ...placementLocks,
        ['order by promo.id for update) promo', 'order by promo.id) promo'],
        slowDecision,
      ]);
      expect((await rush(database)).discounted).toBeGreaterThan(1);
      expect(await faultsOf(database.db)).not.toEqual([]);
    }),
  );
});
