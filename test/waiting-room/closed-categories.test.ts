import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pools, stock } from '../../src/orders/tables.ts';
import { newId } from '../../src/platform/ids.ts';
import type { TestEvent } from '../../testkit/factories.ts';
import { type RoomWorld, openRoomWorld } from './support/room-world.ts';

/** Guards that nobody loses a place by a change that can be taken back: categories that are closed for a while, a waiting list. */

let world: RoomWorld;
beforeAll(async () => {
  world = await openRoomWorld();
});
afterAll(() => world.close());

const setCategories = (event: TestEvent, status: 'on_sale' | 'closed') =>
  world.open.db.execute(sql`update ticket_categories set status = ${status} where event_id = ${event.id}`);

it('a line is kept while all categories are closed, calls nobody, and continues when they are on sale again', async () => {
  const event = await world.openedRoom(1000);
  await world.second(event);
  await world.second(event);
  await setCategories(event, 'closed');
  await world.second(event);
  const stopped = await world.roomOf(event);
  expect(stopped).toMatchObject({ phase: 'open', rate: 0 });
  expect(stopped.serving).toBeGreaterThan(0);
  for (let minutes = 0; minutes < 10; minutes += 1) await world.second(event, 60);
  expect(await world.roomOf(event)).toMatchObject({ phase: 'open', serving: stopped.serving, lapsedBelow: 0 });

  await setCategories(event, 'on_sale');
  await world.second(event);
  await world.second(event);
  const again = await world.roomOf(event);
  expect(again.serving).toBeGreaterThan(stopped.serving);
  expect(again.lapsedBelow).toBe(0);
});

it('a line that has not opened yet is kept too', async () => {
  const event = await world.room(3);
  await setCategories(event, 'closed');
  await world.look(event);
  expect((await world.roomOf(event)).phase).toBe('pre_queue');
  await setCategories(event, 'on_sale');
  await world.pass(3600);
  expect(await world.look(event)).toBe('frozen');
});

it('a line is kept while all open categories are sold out and a closed one could sell more', async () => {
  const event = await world.openedRoom(10);
  const { db } = world.open;
  const [poolId, closed] = [newId('pol'), newId('cat')];
  await db.execute(sql`update stock set available = 0, sold = capacity where event_id = ${event.id}`);
  await db.insert(pools).values({ eventId: event.id, id: poolId, name: 'Later' });
  await db.insert(stock).values({ eventId: event.id, poolId, capacity: 100, available: 100 });
  await db.execute(sql`
    insert into ticket_categories (id, event_id, name, price, pool_id, sale_opens_at, sale_closes_at, per_order_max, position, status)
    select ${closed}, event_id, 'Later', price, ${poolId}, sale_opens_at, sale_closes_at, per_order_max, 2, 'closed'
    from ticket_categories where event_id = ${event.id}`);
  world.state.stock = undefined;
  await world.second(event);
  expect((await world.roomOf(event)).phase).toBe('probably_sold_out');

  await db.execute(sql`update ticket_categories set status = 'on_sale' where id = ${closed}`);
  await world.second(event);
  expect((await world.roomOf(event)).phase).toBe('open');

  await db.execute(sql`update stock set available = 0, sold = capacity where event_id = ${event.id}`);
  await world.second(event);
  expect((await world.roomOf(event)).phase).toBe('over');
});

it('nobody is let in for places that are kept for the waiting list, until nobody waits there any more', async () => {
  const event = await world.openedRoom(10);
  const { db } = world.open;
  await db.execute(sql`
    update stock set available = 5, sold = capacity - 5, is_listed = true where event_id = ${event.id}`);
  world.state.stock = undefined;
  await world.second(event);
  expect((await world.roomOf(event)).phase).toBe('probably_sold_out');

  await db.execute(sql`update stock set is_listed = false where event_id = ${event.id}`);
  await world.second(event);
  expect((await world.roomOf(event)).phase).toBe('open');
});
