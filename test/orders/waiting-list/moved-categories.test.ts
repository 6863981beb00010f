import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { changeTicketCategory } from '../../../src/catalog/ticket-categories/change-ticket-category.ts';
import { deleteTicketCategory } from '../../../src/catalog/ticket-categories/delete-ticket-category.ts';
import { categoryMoved, limitsChanged, wasOrdered } from '../../../src/orders/index.ts';
import { availabilityOf } from '../../../src/orders/pools/queries.ts';
import { createPool } from '../../../src/orders/pools/create-pool.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, signedInOwner, someBuyer } from '../../../testkit/factories.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { useWaitingWorld } from '../support/waiting-world.ts';

/** People who wait for a category of which nothing was ordered yet: its pool was sold out by another category. */

const world = await useWaitingWorld();
const { open, deps } = world;
const catalog = {
  db: open.db,
  cachedReads: { changed: () => Promise.resolve() },
  stagePurge: () => Promise.resolve(),
  availabilityOf,
  unpayableSale: () => Promise.resolve([]),
  eventChanged: () => Promise.resolve(),
  limitsChanged,
  wasOrdered,
  categoryMoved,
};

/** An event whose one pool is sold out, two people who wait for its second category, and a new pool of one place. */
async function newEvent() {
  const event = await createEvent(open.db, {
    categories: [{ capacity: 1 }, { pool: 0 }],
    event: { hasWaitingList: true },
  });
  await order(deps, event);
  const [first, second] = event.categories;
  const waitsFor = { ...event, categories: second === undefined ? [] : [second] };
  const people = [someBuyer(), someBuyer()];
  for (const buyer of people) await world.wait(waitsFor, { buyer });
  const actor = await signedInOwner(open.db, event.organizer);
  const pool = await createPool({ db: open.db, clock: systemClock }, actor, event.id, {
    name: 'New',
    capacity: 1,
    blocked: 0,
  });
  const of = { actor, eventId: event.id, ticketCategoryId: second?.id ?? '' };
  return { event, of, pool, people, waitsFor, oldPoolId: first?.poolId ?? '' };
}

const listedOf = async (event: TestEvent) =>
  (
    await rowsOf<{ id: string }>(
      open.db,
      sql`select pool_id as id from stock where event_id = ${event.id} and is_listed`,
    )
  ).map(({ id }) => id);

test('are offered the places of the pool that their category moves to, before anybody else can order them', async () => {
  const { event, of, pool, people, waitsFor, oldPoolId } = await newEvent();
  await changeTicketCategory(catalog, { ...of, values: { poolId: pool.id } });
  await expect(order(deps, waitsFor)).rejects.toMatchObject({ code: 'stock.sold_out' });
  expect(await world.offer()).toBe(1);
  const offered = await rowsOf(
    open.db,
    sql`select o.buyer_email, l.pool_id from orders o join order_lines l on l.event_id = o.event_id and l.order_id = o.id
      where o.event_id = ${event.id} and l.ticket_category_id = ${of.ticketCategoryId}`,
  );
  expect(offered).toEqual([{ buyer_email: people[0]?.email, pool_id: pool.id }]);
  // Nobody waits for the places of the pool that the category has left.
  expect(await listedOf(event)).toEqual([pool.id]);
  await world.giveBack(event, 1);
  expect(await order(deps, event)).toMatchObject({ order: { status: 'pending_payment' } });
  expect(oldPoolId).not.toBe(pool.id);
});

test('wait for the pool of their category, also if their form came while the category moved to it', async () => {
  const { event, of, pool, waitsFor } = await newEvent();
  const late = someBuyer();
  const moved: typeof categoryMoved = async (tx, ...category) => {
    await categoryMoved(tx, ...category);
    // On a connection of its own, which does not see the move before it is committed.
    expect((await world.join(waitsFor, { buyer: late })).status).toBe(202);
  };
  await changeTicketCategory({ ...catalog, categoryMoved: moved }, { ...of, values: { poolId: pool.id } });
  const entry = (await world.entriesOf(event)).find(({ email }) => email === late.email);
  expect((await world.confirm(entry?.id ?? '')).body).toMatchObject({ status: 'waiting', position: 3 });
  await world.offer();
  expect(await listedOf(event)).toEqual([pool.id]);
  await world.giveBack(event, 1);
  expect(await order(deps, event)).toMatchObject({ order: { status: 'pending_payment' } });
});

test('leave the list with their category, and keep no pool from being sold', async () => {
  const { event, of } = await newEvent();
  await deleteTicketCategory(catalog, of);
  expect(await world.entriesOf(event)).toEqual([]);
  await world.offer();
  expect(await listedOf(event)).toEqual([]);
});
