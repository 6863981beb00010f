import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { type Shops, openShops, outcomesOf } from '../support/shops.ts';
import { faultsOf } from '../support/witness.ts';
import {
  placementLocks,
  slowDecision,
  withoutCounterKey,
  withoutGuard,
  withoutIndex,
} from '../support/without-guard.ts';

/** Guards promise 2: one Idempotency-Key makes one order. */

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.close());

const posts = 100;

const rush = async ({ url, db }: RaceDatabase) => {
  const event = await createEvent(db);
  const same = { key: randomUUID(), buyer: someBuyer() };
  const answers = await shops.sell(
    url,
    event,
    Array.from({ length: posts }, () => same),
  );
  const kept = await rowsOf<{ id: string }>(db, sql`select id from orders where event_id = ${event.id}`);
  return { event, same, answers, kept: kept.map(({ id }) => id) };
};

describe('one key posted 100 times at once over two processes', () => {
  test('makes one order and 100 equal answers', () =>
    inDatabase(async (database) => {
      const { answers, kept } = await rush(database);
      expect(outcomesOf(answers)).toEqual({ placed: posts });
      expect(kept).toHaveLength(1);
      expect(answers.filter(({ replayed }) => replayed === false)).toHaveLength(1);
      const [first] = answers;
      for (const { view, accessToken } of answers)
        expect({ view, accessToken }).toEqual({ view: first?.view, accessToken: first?.accessToken });
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('with different bodies, one body wins and the others are refused', () =>
    inDatabase(async ({ url, db }) => {
      const event = await createEvent(db);
      const key = randomUUID();
      const buyer = someBuyer();
      const answers = await shops.sell(
        url,
        event,
        Array.from({ length: posts }, (_, index) => ({ key, buyer, quantity: 1 + (index % 5) })),
      );
      expect(outcomesOf(answers)).toEqual({ placed: posts / 5, 'idempotency.key_reused': posts - posts / 5 });
      const kept = await rowsOf<{ quantity: number }>(
        db,
        sql`select quantity from orders where event_id = ${event.id}`,
      );
      expect(kept).toHaveLength(1);
      expect(await faultsOf(db)).toEqual([]);
    }));

  test('under two events at once makes one order in each: the key belongs to the event', () =>
    inDatabase(async ({ url, db }) => {
      const [first, second] = [await createEvent(db), await createEvent(db)];
      const same = { key: randomUUID(), buyer: someBuyer() };
      const both = await Promise.all([shops.sell(url, first, [same, same]), shops.sell(url, second, [same, same])]);
      expect(both.map((answers) => new Set(answers.map(({ orderId }) => orderId)).size)).toEqual([1, 1]);
      expect(both[0][0]?.orderId).not.toBe(both[1][0]?.orderId);
    }));

  test('control: looked up before the lane is taken, it makes several', asControl, () =>
    inDatabase(async (database) => {
      await withoutIndex(database.directUrl, 'orders_idempotency');
      await withoutCounterKey(database.directUrl);
      await withoutGuard(database.directUrl, 'place_orders', [...placementLocks, slowDecision]);
      const { kept } = await rush(database);
      expect(kept.length).toBeGreaterThan(1);
    }),
  );

  test('control: the unique index alone keeps it one order, but buyers are told of an error', asControl, () =>
    inDatabase(async (database) => {
      await withoutCounterKey(database.directUrl);
      await withoutGuard(database.directUrl, 'place_orders', [...placementLocks, slowDecision]);
      const { kept, answers } = await rush(database);
      expect(kept).toHaveLength(1);
      expect(outcomesOf(answers)).not.toEqual({ placed: posts });
    }),
  );
});
