import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { createRoom } from '../../testkit/waiting-room/places.ts';
import { type HotWorld, openHotWorld } from './support/hot-world.ts';
import { fillWith, forgetStatements, hotTables, tooManyPages } from './support/pages-read.ts';
import { runSale } from './support/sale.ts';

/**
 * Guards the first sale of a new installation. Plans are made while the tables are nearly empty, and kept; then a rush of 5,000
 * orders comes before Postgres counts again. No call may read the event. A count of a few rows would be worse than none: Postgres then
 * expects those few rows until it counts again, so a trial sale must not make it count.
 */

const rushOrders = 5000;
const times = 8;
/** Changes that a trial sale does not make. A table with so many has more pages than those that Postgres assumes without a count. */
const countedAfterMin = 5000;

let world: HotWorld;

beforeAll(async () => {
  world = await openHotWorld();
  for (const table of hotTables) await world.admin.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
  // It is emptied again and again.
  await world.admin.unsafe('vacuum analyze outbox');
  const options = {
    event: { ticketsPerBuyerMax: 4, doorsOpenAt: new Date(Date.now() - 3_600_000) },
    categories: [{ capacity: 20_000 }],
  };
  const events: TestEvent[] = [];
  for (let n = 0; n < 4; n += 1) events.push(await createEvent(world.db, options));
  const [early, earlyRoom, event, room] = events as [TestEvent, TestEvent, TestEvent, TestEvent];
  for (const one of [early, event]) await world.connectGateway(one);
  for (const one of [earlyRoom, room]) await createRoom(world.db, { event: one });
  await runSale(world, { event: early, room: earlyRoom, count: 2 });
  await fillWith(world, event, rushOrders, 'rush');
  await fillWith(world, room, rushOrders, 'rush');
  await world.admin`update waiting_rooms set places = ${rushOrders} where event_id = ${room.id}`;
  await world.admin`
    insert into outbox (name, payload, available_at)
    select 'order.placed', jsonb_build_object('eventId', ${event.id}::text, 'orderId', 'ord_' || n), now() + interval '1 day'
    from generate_series(1, ${rushOrders}) as n`;
  await forgetStatements(world);
  await runSale(world, { event, room, count: times });
}, 180_000);
afterAll(() => world.close());

test('each call reads a few pages', async () => {
  expect(await tooManyPages(world, times / 2)).toEqual([]);
});

test('a trial sale does not make Postgres count the rows', async () => {
  const early = await world.admin<{ name: string }[]>`
    select c.relname || ': ' || o.option as name
    from unnest(${hotTables}::text[]) as t (name) join pg_class c on c.oid = t.name::regclass
    cross join unnest(array['analyze_threshold', 'vacuum_threshold', 'vacuum_insert_threshold']) as o (option)
    where not exists (
      select from pg_options_to_table(c.reloptions) as set
      where set.option_name = 'autovacuum_' || o.option and set.option_value::int >= ${countedAfterMin})`;
  expect(early.map(({ name }) => name)).toEqual([]);
});
