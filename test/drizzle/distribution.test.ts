import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFunctionFiles } from '../../drizzle/apply-functions.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { distributedTables, distributionFaults, overAllEvents, tablesOf } from './support/distribution.ts';
import { withoutEvent } from './support/event-named.ts';

/**
 * Guards that the data can be distributed by event: the keys of the tables and the statements of the SQL functions name it. Hot
 * queries of the service are held to it where they are measured (`plans.test.ts`). What it would take to move:
 * docs/decisions/0014-distribution-by-event.md.
 */

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.directUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql?.end();
  await database?.close();
});

class Undo extends Error {}

async function faultsAfter(change: string): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await sql
    .begin(async (tx) => {
      await tx.unsafe(change);
      found = distributionFaults(await tablesOf(tx as unknown as postgres.Sql));
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return found;
}

test('every table below an event has the event in its keys, or a reason not to', async () => {
  expect(distributionFaults(await tablesOf(sql))).toEqual([]);
});

describe('control: what could not be distributed is found', () => {
  test.each([
    [
      'a key without the event',
      'alter table orders add unique (id)',
      'orders: orders_id_key (id) is unique without event_id',
    ],
    [
      'an index without the event',
      'create unique index gates_once on gates (name)',
      'gates: gates_once (name) is unique without event_id',
    ],
    [
      'an event that may be missing',
      'alter table stock_copy alter event_id drop not null',
      'stock_copy: event_id may be null',
    ],
    ['a table without an event', 'create table notes (id text primary key)', 'notes: has no event_id'],
    ['a table without a key', 'create table notes (event_id text not null)', 'notes: has no key'],
    [
      'an event that is computed',
      "create table notes (id text, event_id text not null generated always as ('evt_' || id) stored, primary key (event_id, id))",
      'notes: event_id is generated',
    ],
    [
      'a reference to one node',
      'create table notes (event_id text primary key, member_id text references staff (id))',
      'notes: notes_member_id_fkey refers to staff, which is on one node',
    ],
    [
      'a reference to another event',
      'create table notes (event_id text primary key, gate text, of text, foreign key (of, gate) references gates (event_id, id))',
      'notes: notes_of_gate_fkey refers to gates without event_id',
    ],
    [
      'a reference from every node to one',
      'alter table events add member_id text references staff (id)',
      'events: events_member_id_fkey refers to staff, which is not on every node',
    ],
  ])('%s', async (_what, change, fault) => {
    const copy = 'create table stock_copy (like stock); alter table stock_copy add unique (event_id, pool_id);';
    expect(await faultsAfter(change.includes('stock_copy') ? copy + change : change)).toContain(fault);
  });
});

test('each statement of the SQL functions names the event, or has a reason not to', async () => {
  const tables = distributedTables(await tablesOf(sql));
  const found = readFunctionFiles('drizzle/functions').flatMap(({ name, text }) =>
    withoutEvent(text, tables).map((table) => `${name}: ${table}`),
  );
  expect([...new Set(found)].sort()).toEqual(Object.keys(overAllEvents.functions).sort());
});

test('the list of statements over all events does not grow unnoticed', () => {
  expect(Object.keys(overAllEvents.functions)).toHaveLength(1);
  expect(Object.keys(overAllEvents.hotQueries)).toHaveLength(6);
});

describe('a statement that does not name the event is found', () => {
  const tables = ['orders', 'tickets', 'places'];
  test.each([
    ['select * from orders where id = $1', ['orders']],
    ['select * from orders where event_id = $1 and id = $2', []],
    ['select "id" from "orders" where ("orders"."event_id" = $1 and "orders"."id" = $2)', []],
    [`select * from orders o where o.id = $1 and o.event_id || '' = $2`, []],
    ['select * from orders o where o.event_id <> $1', ['orders']],
    ['select * from orders o where o.event_id > $1', ['orders']],
    ['select * from orders o where o.event_id = o.event_id', ['orders']],
    ['select * from orders o where o.event_id = any ($1) and o.id = any ($2)', []],
    ['select * from orders o where (o.event_id, o.id) in (select a, b from unnest($1, $2) as i(a, b))', []],
    ['select * from unnest($1, $2) as i(event_id, id) join orders o on o.event_id = i.event_id and o.id = i.id', []],
    ['select * from orders o join tickets t on t.event_id = o.event_id and t.order_id = o.id', ['orders', 'tickets']],
    ['select * from orders o join tickets t on t.event_id = o.event_id where o.event_id = $1', []],
    ['select * from orders o join tickets t on t.order_id = o.id where o.event_id = $1', ['tickets']],
    [
      'select * from orders o where o.event_id = $1 and exists (select from tickets t where t.order_id = o.id)',
      ['tickets'],
    ],
    [
      'select * from orders o where o.id = $1 and exists (select from tickets t where t.event_id = o.event_id)',
      ['orders'],
    ],
    ['select * from orders o where o.id = $1 and exists (select from tickets where event_id = $2)', ['orders']],
    ['select from orders o where o.event_id = $1 union all select from orders o where o.id = $2', ['orders']],
    ['update orders o set id = d.id from (select $1 as place) d where o.ctid = d.place', ['orders']],
    ['delete from places using tickets t where places.event_id = $1 and t.id = places.id', ['tickets']],
    ['insert into tickets (id, order_id) values ($1, $2)', ['tickets']],
    ['insert into tickets (event_id, id) select o.event_id, o.id from orders o where o.event_id = $1', []],
    ['insert into tickets select $1, $2', ['tickets']],
    ["-- event_id = $1\nselect 'event_id = x' from orders", ['orders']],
    ['begin update orders set id = p where event_id = p_event; perform from tickets where id = p; end', ['tickets']],
    ['select * from staff where id = $1', []],
  ])('%s', (statement, found) => {
    expect(withoutEvent(statement, tables)).toEqual(found);
  });
});
