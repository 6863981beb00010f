import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { PlaceOrderDeps } from '../../../src/orders/placement/place-order.ts';
import { createSoldOutMemory, soldOutMs } from '../../../src/orders/placement/sold-out-memory.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { order, placingDeps, tally } from '../../../testkit/orders/placing.ts';

/**
 * After sell-out the crowd is refused from memory; no existing order is forgotten because of it, and returned places
 * are sold.
 */

const { open } = await useTestDb();

/** Counts the turns in the event's lane. */
function countingDeps(): { deps: PlaceOrderDeps; turns: () => number } {
  const deps = placingDeps(open);
  let turns = 0;
  const submit: PlaceOrderDeps['placement']['submit'] = (lane, item) => {
    turns += 1;
    return deps.placement.submit(lane, item);
  };
  return { deps: { ...deps, placement: { ...deps.placement, submit } }, turns: () => turns };
}

test('a crowd after the last ticket does not enter the lane; a buyer with an order still finds it', async () => {
  const { deps, turns } = countingDeps();
  const event = await createEvent(open.db, { categories: [{ capacity: 1 }] });
  const key = randomUUID();
  const buyer = someBuyer();
  const { order: sold } = await order(deps, event, { key, buyer });
  await expect(order(deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
  const before = turns();
  expect(await tally(Array.from({ length: 300 }, () => order(deps, event)))).toEqual({ 'stock.sold_out': 300 });
  expect(turns()).toBe(before);
  await expect(order(deps, event, { key, buyer })).resolves.toMatchObject({ replayed: true, order: { id: sold.id } });
  await expect(order(deps, event, { key, buyer, quantity: 2 })).rejects.toMatchObject({
    code: 'idempotency.key_reused',
  });
});

test('when the memory has expired, one request asks again, and the others wait for its answer', async () => {
  const { deps, turns } = countingDeps();
  const event = await createEvent(open.db, { categories: [{ capacity: 1 }] });
  await order(deps, event);
  await expect(order(deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
  await pause(soldOutMs + 20);
  const before = turns();
  expect(await tally(Array.from({ length: 100 }, () => order(deps, event)))).toEqual({ 'stock.sold_out': 100 });
  expect(turns()).toBe(before + 1);
});

test('an order that is refused for another category does not use up the question of the orders that could succeed', async () => {
  const memory = createSoldOutMemory({ db: open.db, readsMax: 1 });
  memory.note('evt', 'one');
  await pause(soldOutMs + 20);
  memory.note('evt', 'other');
  expect(memory.has('evt', ['one', 'other'])).toBe(true);
  expect(memory.has('evt', ['one'])).toBe(false);
  expect(memory.has('evt', ['one'])).toBe(true);
});

test('a small order is not refused because a large one did not fit', async () => {
  const { deps } = countingDeps();
  const event = await createEvent(open.db, { categories: [{ capacity: 2 }] });
  await expect(order(deps, event, { quantity: 3 })).rejects.toMatchObject({ code: 'stock.sold_out' });
  await expect(order(deps, event, { quantity: 2 })).resolves.toBeDefined();
});

test('returned places are on sale again within a second, in this and in other processes', async () => {
  const { deps } = countingDeps();
  const event = await createEvent(open.db, { categories: [{ capacity: 1 }] });
  await order(deps, event);
  await expect(order(deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
  await open.db.execute(sql`update orders set expires_at = now() - interval '1 second' where event_id = ${event.id}`);
  await expect(order(deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
  await pause(soldOutMs + 50);
  await expect(order(deps, event)).resolves.toBeDefined();
});
