import { globSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPaidLooks } from '../../src/notifications/deliveries/paid-looks.ts';
import { paidOrdersWithoutDelivery } from '../../src/notifications/deliveries/subject-queries.ts';
import { findDueAttempts } from '../../src/payments/attempts/queries.ts';
import { transaction } from '../../src/platform/database/db.ts';
import { outboxBacklog } from '../../src/platform/jobs/outbox.ts';
import { until } from '../../testkit/until.ts';
import { createTestDatabase } from '../../testkit/services/database.ts';
import { createRoom } from '../../testkit/waiting-room/places.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { distributedTables, overAllEvents, tablesOf } from './support/distribution.ts';
import { withoutEvent } from './support/event-named.ts';
import { faultsOfPlan, keptStatements, pagesOf } from './support/explain.ts';
import { hotQueries } from './support/hot-queries.ts';
import { fillWith, forgetStatements, hotTables, measured, tooManyPages } from './support/pages-read.ts';
import { type HotWorld, openHotWorld } from './support/hot-world.ts';
import { lookAtUnpaid, runSale } from './support/sale.ts';

/**
 * Guards that no hot query reads a whole event. A rush of 5,000 orders fills an event that the statistics do not know,
 * as on the night of a sale; then every act is repeated a few times, and Postgres reports the reads of each statement.
 */

const rushOrders = 5000;
const otherOrders = 2000;
const times = 8;
const holdLooks = [
  /^select array_agg\(d\.event_id\), array_agg\(d\.id\) from \( select d\.event_id/,
  /select held\.expires_at from orders held where held\.event_id/,
  /^select array_agg\(d\.id\) from \( select o\.id from orders o where o\.event_id = p_event_id/,
];
let world: HotWorld;
let event: TestEvent;
let room: TestEvent;

beforeAll(async () => {
  world = await openHotWorld();
  for (const table of hotTables) await world.admin.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
  for (let n = 0; n < 3; n += 1) await fillWith(world, await createEvent(world.db), otherOrders, 'paid');
  await world.admin.unsafe('analyze');
  const options = {
    event: { ticketsPerBuyerMax: 4, doorsOpenAt: new Date(Date.now() - 3_600_000) },
    categories: [{ capacity: 20_000 }],
  };
  [event, room] = [await createEvent(world.db, options), await createEvent(world.db, options)];
  await world.connectGateway(event);
  await fillWith(world, event, rushOrders, 'rush');
  await fillWith(world, room, rushOrders, 'rush');
  await createRoom(world.db, { event: room });
  await world.admin`update waiting_rooms set places = ${rushOrders} where event_id = ${room.id}`;
  // Plans are made and catalogs read once; that does not count as a statement's cost.
  await runSale(world, { event, room, count: 2 });
  await forgetStatements(world);
  await runSale(world, { event, room, count: times });
  await lookAtUnpaid(world, event, { alone: times, together: 100 });
}, 180_000);
afterAll(() => world.close());

describe('hot queries of an event that the statistics do not know', () => {
  test('are all in the table, each once, and every query of the table runs', async () => {
    const all = await measured(world, times / 2);
    const namesOf = (query: string) => hotQueries.filter(({ text }) => text.test(query)).map(({ name }) => name);
    expect(all.filter(({ query }) => namesOf(query).length !== 1).map(({ query }) => [namesOf(query), query])).toEqual(
      [],
    );
    // The machine's speed decides how often a batch statement runs: a slow one makes few large batches. Some run every few seconds.
    let missing: readonly string[] = [];
    await until(async () => {
      const ran = new Set((await measured(world, 1)).flatMap(({ query }) => namesOf(query)));
      missing = hotQueries.filter(({ name, byChance }) => byChance !== true && !ran.has(name)).map(({ name }) => name);
      return missing.length === 0;
    }).catch(() => {});
    expect(missing).toEqual([]);
  });

  test('read a few pages for each call', async () => {
    expect(await tooManyPages(world, times / 2)).toEqual([]);
  });

  test('name the event, or have a reason not to', async () => {
    const tables = distributedTables(await tablesOf(world.admin));
    const isHot = ({ query }: { query: string }) => hotQueries.some(({ text }) => text.test(query));
    const found = (await measured(world, 1))
      .filter((one) => isHot(one) || one.calls >= times / 2)
      .filter(({ lines }) => withoutEvent(lines, tables).length > 0)
      .map(({ query }) => hotQueries.find(({ text }) => text.test(query))?.name ?? query);
    expect([...new Set(found)].filter((name) => !(name in overAllEvents.hotQueries))).toEqual([]);
    const names = hotQueries.map(({ name }) => name);
    expect(Object.keys(overAllEvents.hotQueries).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('use a whole key in their generic plan, in this database and in an empty one', async () => {
    const plain = (await measured(world, times / 2)).filter(
      ({ query, toplevel }) => toplevel && !/\b(place_orders|apply_settlements|\w+_\w+)\(\$1/.test(query),
    );
    const empty = await createTestDatabase();
    const fresh = postgres(empty.directUrl, { max: 1, onnotice: () => {} });
    const faults: string[] = [];
    const databases = [
      ['rush', world.admin],
      ['empty', fresh],
    ] as const;
    for (const { query } of plain) {
      const hot = hotQueries.find(({ text }) => text.test(query));
      for (const [where, sql] of databases) {
        const found = await faultsOfPlan(sql, query, hotTables).catch((error: unknown) => [
          `not explained: ${String(error)}`,
        ]);
        for (const fault of found) {
          // A table of a few rows is read from end to end. Statements outside of functions are planned each time.
          const allowsScan = where === 'empty' || hot?.mayScan === true;
          if (fault.startsWith('whole ') && allowsScan) continue;
          if (fault.startsWith('not explained') && hot?.unexplained === true) continue;
          faults.push(`${where}: ${fault}: ${query.slice(0, 300)}`);
        }
      }
    }
    // Plans in functions are kept, so nothing is read from end to end, whatever the size of the tables.
    const kept = await keptStatements(world.admin);
    for (const { name, settings, text } of kept) {
      for (const [where, sql] of databases) {
        await sql.unsafe(`begin; ${settings.map((setting) => `set local ${setting};`).join(' ')}`);
        const found = await faultsOfPlan(sql, text, hotTables);
        await sql.unsafe('rollback');
        faults.push(...found.map((fault) => `${where}: ${fault}: ${name}`));
      }
    }
    await fresh.end();
    await empty.close();
    expect(faults).toEqual([]);
    expect(plain.length + kept.length).toBeGreaterThan(40);
  });

  test('look for attempts that are due among the first of each event, not among all of a rush', async () => {
    const due = await world.admin`
      update payment_attempts set next_check_at = now() - interval '1 minute' where next_check_at is not null returning 1`;
    expect(due.length).toBeGreaterThanOrEqual(2 * rushOrders);
    const found = await transaction(world.db, (tx) => findDueAttempts(tx, 20));
    expect(found).toHaveLength(20);
    const look = (await measured(world, 1)).find(({ query }) => /^with recursive hop .* payment_attempts/.test(query));
    expect(look?.pages).toBeLessThan(600);
  });

  test('look for paid orders without a message among those of their minutes, not in a whole rush', async () => {
    const paid = await world.admin`
      update orders set paid_at = now() - interval '13 minutes' where status = 'paid' and paid_at < now() - interval '1 hour' returning 1`;
    expect(paid.length).toBeGreaterThanOrEqual(3 * otherOrders);
    // The first look of a process takes a part of what it has missed, and leaves the rush for a later one.
    await createPaidLooks().look(async (ranges) => {
      await paidOrdersWithoutDelivery(world.db, ranges, 500);
      return true;
    });
    const look = (await measured(world, 1)).find(({ query }) =>
      /^select o\.event_id .* from orders o where \(o\.paid_at/.test(query),
    );
    expect(look?.pages).toBeLessThan(400);
  });

  test('end the holds that are over without a look at those that are not', async () => {
    // One of each event is over. The worker may be the one that ends it.
    const over = await world.admin`
      update orders o set expires_at = now() - interval '1 minute' where o.id in (
        select min(id) from orders where status = 'pending_payment' group by event_id) returning 1`;
    expect(over.length).toBeGreaterThanOrEqual(2);
    await world.db.execute(sql`select expire_holds(100)`);
    const [category] = event.categories;
    await transaction(world.db, (tx) =>
      tx.execute(sql`select reclaim_holds(${event.id}, array[${category?.poolId}], 200)`),
    );
    const looks = (await measured(world, 1)).filter(({ query }) => holdLooks.some((look) => look.test(query)));
    expect(looks).toHaveLength(holdLooks.length);
    for (const { query, pages } of looks) expect(pages, query).toBeLessThan(200);

    const [all] = await world.admin<{ 'QUERY PLAN': readonly { Plan: { 'Shared Hit Blocks': number } }[] }[]>`
      explain (analyze, buffers, format json) select id from orders o
      where o.event_id = ${event.id} and o.status || '' = 'pending_payment' and o.expires_at <= clock_timestamp()
      order by o.expires_at limit 100`;
    expect(all?.['QUERY PLAN'][0]?.Plan['Shared Hit Blocks'], 'the control must show the fault').toBeGreaterThan(400);
  });

  test('measure the backlog of jobs without a look at those for later', async () => {
    const { jobs } = await outboxBacklog(world.db);
    await world.admin`
      insert into outbox (name, payload, available_at)
      select 'order.closing', jsonb_build_object('eventId', ${event.id}::text, 'orderId', 'ord_' || n), now() + interval '1 hour'
      from generate_series(1, 20000) n`;
    await forgetStatements(world);
    expect((await outboxBacklog(world.db)).jobs).toBeLessThan(jobs + 1000);
    const look = (await measured(world, 1)).find(({ query }) =>
      query.startsWith('with recursive hop as ( (select name, event_id from outbox'),
    );
    expect(look?.pages).toBeLessThan(200);
    await world.admin`delete from outbox where available_at > now() + interval '50 minutes'`;
  });

  test('control: with an index that begins with the event, and statistics of other events, one look-up reads the event', async () => {
    const lookUp = async () => {
      const [row] = await world.admin`select id from orders where event_id = ${event.id} order by id desc limit 1`;
      return pagesOf(world.admin, event.id, String(row?.['id']));
    };
    expect(await lookUp()).toBeLessThan(20);
    await world.admin.unsafe('create index orders_twin on orders (event_id, right(id, 10))');
    const others =
      await world.admin`select event_id from orders where status = 'paid' group by 1 having count(*) >= ${otherOrders}`;
    const known = others.map((other) => String(other['event_id']));
    await world.admin.unsafe(
      `select pg_restore_attribute_stats('schemaname', 'public', 'relname', 'orders', 'attname', 'event_id', 'inherited', false,
        'null_frac', 0::real, 'avg_width', 13, 'n_distinct', 3::real, 'most_common_vals', '{${known.join(',')}}',
        'most_common_freqs', '{0.334,0.333,0.333}'::real[])`,
    );
    expect(await lookUp(), 'the control must show the fault').toBeGreaterThan(100);
  });
});

test('no statement compares a column with clock_timestamp(), for which Postgres searches no index', () => {
  const compared =
    /(?<!\bif \w+ )[<>]=? *(?:coalesce\([^()]*,\s*)?clock_timestamp\(\)|(?<!\(select )clock_timestamp\(\) *[<>]/;
  const files = globSync(['drizzle/functions/**/*.sql', 'src/**/*.ts', 'workers/**/*.ts']);
  expect(files.length).toBeGreaterThan(500);
  expect(compared.test('where o.expires_at <= coalesce(v_beyond, clock_timestamp())')).toBe(true);
  expect(files.filter((file) => compared.test(readFileSync(file, 'utf8')))).toEqual([]);
});
