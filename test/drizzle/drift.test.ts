import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNewestSnapshot, readSnapshotOfCode } from '../../drizzle/snapshot.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import {
  type Schema,
  differences,
  functionDifferences,
  schemaOfCode,
  schemaOfDatabase,
} from './support/schema-drift.ts';

/** Guards that the migrated database equals the files. Each check has a control that shows what it finds. */
let database: TestDatabase;
let sql: postgres.Sql;
let code: Schema;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.directUrl, { max: 1, onnotice: () => {} });
  code = await schemaOfCode();
});

afterAll(async () => {
  await sql.end();
  await database.close();
});

class Undo extends Error {}

/** Changes the schema, looks for differences, and takes the change back. */
async function differencesAfter(change: string): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await sql
    .begin(async (tx) => {
      await tx.unsafe(change);
      found = differences(code, await schemaOfDatabase(tx as unknown as postgres.Sql));
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return found;
}

describe('tables.ts', () => {
  it('describes every table and column of the database as it is', async () => {
    expect(differences(code, await schemaOfDatabase(sql))).toEqual([]);
  });

  it.each([
    ['a type', 'alter table orders alter column quantity type bigint', /^orders.quantity: tables.ts/],
    ['nullability', 'alter table orders alter column buyer_name drop not null', /^orders.buyer_name: tables.ts/],
    ['a default', 'alter table orders alter column flags drop default', /^orders.flags: tables.ts/],
    ['a generated column', 'alter table promo_codes alter column code_key drop expression', /^promo_codes.code_key:/],
    ['a missing column', 'alter table orders drop column locale', /^orders.locale is not in the database$/],
    ['a new column', 'alter table orders add column note text', /^orders.note is in no tables.ts$/],
    ['a new table', 'create table notes (id text primary key)', /^notes is in no tables.ts$/],
    ['a missing table', 'drop table serving_marks', /^serving_marks is not in the database$/],
    ['a primary key', 'alter table tickets drop constraint tickets_pkey', /^tickets: primary key \(event_id, id\)/],
    ['an index', 'drop index scans_ticket', /^scans: no index \(ticket_id, event_id, scanned_at\) in the database$/],
  ])('control: %s that was changed in the database is found', async (_, change, sentence) => {
    const found = await differencesAfter(change);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(sentence);
  });
});

it('the newest snapshot is that of tables.ts; if not, make a migration or run `npm run db:new -- --snapshot`', async () => {
  expect(readNewestSnapshot().tables).toEqual((await readSnapshotOfCode()).tables);
});

describe('drizzle/functions', () => {
  it('has the text of every function of the database', async () => {
    expect(await functionDifferences(sql, 'drizzle/functions')).toEqual([]);
  });

  it('control: a function that was changed, added or dropped in the database is found', async () => {
    const other = await createTestDatabase();
    const changed = postgres(other.directUrl, { max: 1, onnotice: () => {} });
    await changed.unsafe(`
      create or replace function needs_pass(p_event_id text) returns boolean language sql stable as 'select true';
      create function stray() returns integer language sql as 'select 1';
      drop function move_stock(text[], text[], integer[], text, text);`);
    expect(await functionDifferences(changed, 'drizzle/functions')).toEqual([
      'move_stock is not in the database',
      'stray has no file in drizzle/functions',
      expect.stringMatching(/is not what its file says$/),
      expect.stringMatching(/is not what its file says$/),
    ]);
    await changed.end();
    await other.close();
  });
});
