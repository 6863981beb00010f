import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { inDatabase } from '../support/race-database.ts';
import { type Shops, openShops, outcomesOf } from '../support/shops.ts';
import { faultsOf, watchStock } from '../support/witness.ts';
import { placementLocks, slowDecision, withoutConstraints, withoutGuard } from '../support/without-guard.ts';

/** Guards promise 1: never oversold. Many buyers, two API processes, the last tickets. */

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.close());

const crowd = (count: number) => Array.from({ length: count }, () => ({ buyer: someBuyer() }));
/** From as many networks, so that only the places are in common. */
const scattered = (count: number) => crowd(count).map((order, index) => ({ ...order, network: `192.0.2.${index}/32` }));

describe('2,000 orders at once for the last 100 tickets', () => {
  test('sell exactly 100; each buyer gets a definite answer; the stock adds up at every moment', () =>
    inDatabase(async ({ url, directUrl, db }) => {
      const event = await createEvent(db, { categories: [{ capacity: 100 }] });
      const watch = watchStock(directUrl);
      const answers = await shops.sell(url, event, crowd(2000));
      const { samples, faults } = await watch.stop();

      expect(outcomesOf(answers)).toEqual({ placed: 100, 'stock.sold_out': 1900 });
      expect(faults).toEqual([]);
      expect(samples).toBeGreaterThan(1);
      expect(await faultsOf(db)).toEqual([]);

      // Acknowledged orders exist, and no others.
      const told = answers.flatMap(({ orderId }) => orderId ?? []);
      const kept = await rowsOf<{ id: string }>(db, sql`select id from orders where event_id = ${event.id}`);
      expect(kept.map(({ id }) => id).sort()).toEqual(told.sort());

      const waits = answers.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
      expect(waits[Math.floor(waits.length * 0.99)]).toBeLessThan(3000);
    }));

  test('sell exactly 100 when deciding is slow', () =>
    inDatabase(async ({ url, directUrl, db }) => {
      await withoutGuard(directUrl, 'place_orders', [slowDecision]);
      const event = await createEvent(db, { categories: [{ capacity: 10 }] });
      const answers = await shops.sell(url, event, crowd(300));
      expect(outcomesOf(answers)).toEqual({ placed: 10, 'stock.sold_out': 290 });
    }));
});

describe('control: stock that is read before it is locked', () => {
  test('sells places twice', () =>
    inDatabase(async ({ url, directUrl, db }) => {
      await withoutGuard(directUrl, 'place_orders', [...placementLocks, slowDecision]);
      await withoutConstraints(directUrl, 'stock', ['stock_available_check', 'stock_conserved']);
      const event = await createEvent(db, { categories: [{ capacity: 10 }] });
      const answers = await shops.sell(url, event, scattered(300));
      expect(outcomesOf(answers)['placed']).toBeGreaterThan(10);
      expect(await faultsOf(db)).not.toEqual([]);
    }));

  test('is caught by the constraints of the table, the second line of defence', () =>
    inDatabase(async ({ url, directUrl, db }) => {
      await withoutGuard(directUrl, 'place_orders', [...placementLocks, slowDecision]);
      const event = await createEvent(db, { categories: [{ capacity: 10 }] });
      const answers = await shops.sell(url, event, scattered(300));
      expect(outcomesOf(answers)['placed']).toBe(10);
      expect(await faultsOf(db)).toEqual([]);
    }));
});
