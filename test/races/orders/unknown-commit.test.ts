import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { seesNewOrders } from '../../../testkit/orders/new-orders.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type TcpProxy, openTcpProxy } from '../../../testkit/services/tcp-proxy.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { faultsOf } from '../support/witness.ts';
import { withoutGuard } from '../support/without-guard.ts';

/** Guards that an unknown COMMIT is resolved, not guessed: the same ids are sent again, and find their order. */

const processes = 16;
const ordersOfEach = 13;

/**
 * Cuts the connection of every call that carries orders, the first time it carries them: after it was passed on to
 * Postgres, and in turn before or after the answer was on its way.
 */
function openCuttingProxy(url: string): Promise<TcpProxy & { readonly cuts: () => number }> {
  const placesOrders = seesNewOrders();
  let cuts = 0;
  return openTcpProxy(url, {
    onRequest: (bytes, cut) => {
      if (!placesOrders(bytes)) return;
      cuts += 1;
      if (cuts % 2 === 0) cut.atAnswer();
      else cut.now();
    },
  }).then((proxy) => Object.assign(proxy, { cuts: () => cuts }));
}

async function shop(database: RaceDatabase, event: TestEvent, orders: number) {
  const proxy = await openCuttingProxy(database.url);
  const open = openTestDb(proxy.url, 3);
  const deps = placingDeps(open);
  const told: { key: string; orderId?: string; replayed?: boolean; code?: string }[] = [];
  for (let number = 0; number < orders; number += 1) {
    const key = randomUUID();
    try {
      const { order: placed, replayed } = await order(deps, event, { key, buyer: someBuyer() });
      told.push({ key, orderId: placed.id, replayed });
    } catch (error) {
      told.push({ key, code: error instanceof Error && 'code' in error ? String(error.code) : String(error) });
    }
  }
  const cuts = proxy.cuts();
  await open.close();
  await proxy.close();
  return { told, cuts };
}

async function race(database: RaceDatabase, orders = ordersOfEach) {
  const event = await createEvent(database.db, { categories: [{ capacity: 1000 }] });
  const shops = await Promise.all(Array.from({ length: processes }, () => shop(database, event, orders)));
  const kept = await rowsOf<{ id: string }>(database.db, sql`select id from orders where event_id = ${event.id}`);
  return {
    told: shops.flatMap(({ told }) => told),
    cuts: shops.reduce((sum, { cuts }) => sum + cuts, 0),
    kept: kept.map(({ id }) => id).sort(),
  };
}

describe(`${processes * ordersOfEach} orders whose connection is cut while their fate is unknown`, () => {
  test('exist exactly once, and their buyers find them', () =>
    inDatabase(async (database) => {
      const { told, cuts, kept } = await race(database);
      expect(cuts).toBeGreaterThanOrEqual(processes * ordersOfEach);
      expect(told.filter(({ code }) => code !== undefined)).toEqual([]);
      expect(told.map(({ orderId }) => orderId).sort()).toEqual(kept);
      expect(kept).toHaveLength(processes * ordersOfEach);
      // For the buyer it was one request with one answer, not a replay.
      expect(told.filter(({ replayed }) => replayed)).toEqual([]);
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test(
    'control: without the look-up of the key, buyers are told of a failure although the order exists',
    asControl,
    () =>
      inDatabase(async (database) => {
        await withoutGuard(database.directUrl, 'place_orders', [
          [/where o\.idempotency_key_hash = any \(p_keys\) and o\.event_id \|\| '' = p_event_id/, 'where false'],
        ]);
        const { told, kept } = await race(database, 2);
        const failed = told.filter(({ code }) => code !== undefined);
        expect(failed.length).toBeGreaterThan(0);
        expect(kept.length).toBeGreaterThan(told.length - failed.length);
      }),
  );
});
