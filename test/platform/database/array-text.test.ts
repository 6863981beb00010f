import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { arrayText } from '../../../src/platform/database/array-text.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';

/** Guards that Postgres reads an array as it was, whatever its texts contain. */

const { open } = await useTestDb();

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
