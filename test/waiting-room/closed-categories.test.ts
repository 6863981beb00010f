import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestEvent } from '../support/factories.ts';
import { type RoomWorld, openRoomWorld } from './support/room-world.ts';

/** Guards that nobody loses a place by a change that can be taken back: categories that are closed for a while. */

let world: RoomWorld;
beforeAll(async () => {
  world = await openRoomWorld();
});
afterAll(() => world.close());

const setCategories = (event: TestEvent, status: 'on_sale' | 'closed') =>
  world.open.db.execute(sql`update ticket_categories set status = ${status} where event_id = ${event.id}`);

it('a line stays while all categories are closed, calls nobody, and goes on when they are on sale again', async () => {
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

it('a line that has not opened yet stays, too', async () => {
  const event = await world.room(3);
  await setCategories(event, 'closed');
  await world.look(event);
  expect((await world.roomOf(event)).phase).toBe('pre_queue');
  await setCategories(event, 'on_sale');
  await world.pass(3600);
  expect(await world.look(event)).toBe('frozen');
});
