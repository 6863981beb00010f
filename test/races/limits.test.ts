import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, rowsOf } from '../../src/platform/db.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../support/factories.ts';
import { type RaceDatabase, inDatabase } from './support/race-database.ts';
import { type Shops, openShops, outcomesOf } from './support/shops.ts';
import { faultsOf } from './support/witness.ts';
import {
  placementLocks,
  slowDecision,
  withoutConstraints,
  withoutCounterKey,
  withoutGuard,
} from './support/without-guard.ts';

/** Guards promise 4 of the orders: limits per buyer and of promo codes hold however many ask at once (T05, T06). */

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
        // Half of them by the same phone under other mailboxes: one buyer has two keys.
        buyer: index % 4 < 2 ? buyer : { ...buyer, email: `other.${index}@example.test` },
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

  test('control: counted before the lane is taken, they get more', () =>
    inDatabase(async (database) => {
      await withoutCounterKey(database.directUrl);
      await withoutGuard(database.directUrl, 'place_orders', [...placementLocks, slowDecision]);
      expect((await rush(database, 2)).tickets).toBeGreaterThan(2);
    }));
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

  test('is redeemed once, and once discounted', () =>
    inDatabase(async (database) => {
      expect(await rush(database)).toEqual({
        told: { placed: 1, 'promo.used_up': orders - 1 },
        counted: 1,
        discounted: 1,
      });
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: read without a lock and written later, it is redeemed more often', () =>
    inDatabase(async (database) => {
      await withoutCounterKey(database.directUrl);
      await withoutConstraints(database.directUrl, 'promo_codes', ['promo_codes_limit']);
      await withoutGuard(database.directUrl, 'place_orders', [
        ...placementLocks,
        ['order by m.id for update) m', 'order by m.id) m'],
        slowDecision,
      ]);
      expect((await rush(database)).discounted).toBeGreaterThan(1);
      expect(await faultsOf(database.db)).not.toEqual([]);
    }));
});
