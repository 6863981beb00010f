import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { openRoom, passOf } from '../../../testkit/waiting-room/rooms.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { type Shops, openShops, outcomesOf } from '../support/shops.ts';
import { faultsOf } from '../support/witness.ts';
import { placementLocks, slowDecision, withoutConstraints, withoutGuard } from '../support/without-guard.ts';

/** Guards that a pass places one order, however many requests use it at once. */

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.close());

const orders = 50;

const rush = async ({ url, db }: RaceDatabase) => {
  const event = await createEvent(db);
  await openRoom(db, event);
  const buyer = someBuyer();
  const queuePass = passOf(event, 7, buyer);
  const answers = await shops.sell(
    url,
    event,
    // One account, from as many phones and networks, so that they have nothing else in common.
    Array.from({ length: orders }, (_, index) => ({
      buyer: { ...buyer, phone: someBuyer().phone },
      network: `192.0.2.${index}/32`,
      queuePass,
    })),
  );
  const [kept] = await rowsOf<{ orders: number; spent: number }>(
    db,
    sql`select (select count(*)::int from orders where event_id = ${event.id}) as orders,
          (select count(*)::int from spent_passes where event_id = ${event.id}) as spent`,
  );
  return { told: outcomesOf(answers), ...kept };
};

describe(`one pass used by ${orders} orders at once over two processes`, () => {
  test('places one', () =>
    inDatabase(async (database) => {
      expect(await rush(database)).toEqual({
        told: { placed: 1, 'queue.pass_spent': orders - 1 },
        orders: 1,
        spent: 1,
      });
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: looked up before the lane is taken, it places several', asControl, () =>
    inDatabase(async (database) => {
      await withoutConstraints(database.directUrl, 'spent_passes', ['spent_passes_pkey']);
      await withoutGuard(database.directUrl, 'place_orders', [...placementLocks, slowDecision]);
      expect((await rush(database)).orders).toBeGreaterThan(1);
    }),
  );
});
