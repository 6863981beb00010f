import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test, vi } from 'vitest';
import { callPlaceOrders } from '../../../src/orders/placement/queries.ts';
import { createPlacement } from '../../../src/orders/placement/placement.ts';
import { newOrderId } from '../../../src/platform/ids.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { openTcpProxy } from '../../../testkit/services/tcp-proxy.ts';
import { itemOf } from '../support/placement-item.ts';

/** Guards that no order appears after its buyer was told that there is none, however long a call was on its way. */

const { url, open, db } = await useTestDb();

const options = (notAfterMs: number) => ({ heldPerNetworkMax: 1000, notAfterMs });
const outcomesOf = async (event: TestEvent, items: ReturnType<typeof itemOf>[], notAfterMs: number) =>
  (await callPlaceOrders(db, event.id, items, options(notAfterMs))).rows.map((row) => row.outcome);

async function ordersOf(event: TestEvent): Promise<number> {
  const [row] = await rowsOf<{ orders: number }>(
    db,
    sql`select count(*)::int as orders from orders where event_id = ${event.id}`,
  );
  return row?.orders ?? -1;
}

describe('a placement call that arrives after its last moment', () => {
  test('decides nothing, but finds existing orders', async () => {
    const event = await createEvent(db);
    const [there, late] = [itemOf(event, randomUUID()), itemOf(event, randomUUID())];
    expect(await outcomesOf(event, [there], Date.now() + 60_000)).toEqual(['placed']);
    expect(await outcomesOf(event, [{ ...there, id: newOrderId(event.id) }, late], Date.now() - 1000)).toEqual([
      'replayed',
      'too_late',
    ]);
    expect(await ordersOf(event)).toBe(1);
  });

  /** The buyer gives up the first call, sends it again and is refused. Then the first one arrives while a place is free again. */
  const overtaken = async (lastMoment: number) => {
    const event = await createEvent(db, { categories: [{ capacity: 1 }] });
    const item = itemOf(event, randomUUID());
    await db.execute(sql`update stock set available = 0, blocked = 1 where event_id = ${event.id}`);
    const again = await outcomesOf(event, [item], Date.now() + 60_000);
    await db.execute(sql`update stock set available = 1, blocked = 0 where event_id = ${event.id}`);
    const first = await outcomesOf(event, [item], lastMoment);
    return { again, first, orders: await ordersOf(event) };
  };

  test('does not place an order that was refused when it was sent again', async () => {
    expect(await overtaken(Date.now() - 1)).toEqual({ again: ['sold_out'], first: ['too_late'], orders: 0 });
  });

  test('control: without a last moment, the order exists although its buyer was told that it does not', async () => {
    expect(await overtaken(Date.now() + 60_000)).toEqual({ again: ['sold_out'], first: ['placed'], orders: 1 });
  });
});

describe('a process', () => {
  test('whose clock is an hour off places orders', async () => {
    const event = await createEvent(db);
    for (const hours of [-1, 1]) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
      try {
        expect((await order(placingDeps(open), event)).replayed).toBe(false);
      } finally {
        vi.useRealTimers();
      }
    }
  });

  test('answers that the outcome is unknown while a lost call may still decide; later it answers the outcome', async () => {
    const event = await createEvent(db, { categories: [{ capacity: 1 }] });
    await order(placingDeps(open), event);
    let cuts = 0;
    const proxy = await openTcpProxy(url, {
      onRequest: (bytes, cut) => {
        if (cuts > 0 || !bytes.toString('latin1').includes('{"ord_')) return;
        cuts += 1;
        cut.now();
      },
    });
    const cutting = openTestDb(proxy.url, 2);
    const placement = createPlacement({
      db: cutting.db,
      flushesMax: 1,
      heldPerNetworkMax: 1000,
      areSalesStopped: () => false,
    });
    const item = itemOf(event, randomUUID());
    const outcome = async () => (await placement.submit(event.id, item)).row.outcome;
    expect(await outcome()).toBe('too_late');
    await new Promise((resolve) => setTimeout(resolve, 2600));
    expect(await outcome()).toBe('sold_out');
    expect(cuts).toBe(1);
    await cutting.close();
    await proxy.close();
  });
});
