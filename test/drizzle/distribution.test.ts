import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { distributionFaults, tablesOf } from './support/distribution.ts';

/**
 * Guards that the tables can be distributed by event. It says nothing about queries. What it would take to move:
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
