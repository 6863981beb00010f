import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayText } from '../../../src/platform/database/array-text.ts';
import { type OpenDb, rowsOf } from '../../../src/platform/database/db.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';

/** Guards that Postgres reads an array as it was, whatever its texts contain. */

let database: TestDatabase;
let open: OpenDb;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openTestDb(database.url);
});
afterAll(async () => {
  await open.close();
  await database.close();
});

test('texts come back as they were', async () => {
  const texts = [
    '',
    ' ',
    'NULL',
    'null',
    ',',
    '{}',
    '"',
    '\\',
    '\\"',
    `'); drop table orders; --`,
    'Ayu "Sari", 雨\n\t',
    null,
  ];
  const [row] = await rowsOf<{ texts: unknown }>(open.db, sql`select to_json(${arrayText(texts)}::text[]) as texts`);
  expect(row?.texts).toEqual(texts);
});

test('numbers, nulls and an empty list come back as they were', async () => {
  const [row] = await rowsOf<{ numbers: unknown; none: unknown }>(
    open.db,
    sql`select to_json(${arrayText([1, -2, null])}::integer[]) as numbers, to_json(${arrayText([])}::text[]) as none`,
  );
  expect(row).toEqual({ numbers: [1, -2, null], none: [] });
});
