import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listCostliest, resetStatements } from '../../loadtest/sql-top/list-costliest.ts';
import { statementTable } from '../../loadtest/sql-top/statement-table.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';

/** Guards that the local stack counts the cost of statements, that the owner may see it, and that no value is shown. */

let database: TestDatabase;
let app: postgres.Sql;
let owner: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  app = postgres(database.url, { prepare: false, max: 1 });
  owner = postgres(database.directUrl, { max: 1, prepare: false });
});
afterAll(async () => {
  await Promise.all([app.end(), owner.end()]);
  await database.close();
});

test('the owner sees the statements that cost most, without their values, costliest first', async () => {
  for (let place = 0; place < 3; place += 1) {
    await app.unsafe(
      `insert into organizers (id, slug, name) values ('org_${place}', 'slug-${place}', 'A secret name')`,
    );
  }
  await app.unsafe('select pg_sleep(0.05)');
  await owner.unsafe("comment on table organizers is 'A secret comment'");
  const statements = await listCostliest(owner, { by: 'total', limit: 1000 });
  const inserted = statements.find(({ text }) => text.startsWith('insert into organizers'));
  expect(inserted).toMatchObject({ calls: 3, rows: 3, text: expect.stringContaining('$3') });
  expect(inserted?.walBytes).toBeGreaterThan(100);
  expect(inserted?.blocks).toBeGreaterThan(0);
  const times = statements.map(({ totalMs }) => totalMs);
  expect(times).toEqual(times.toSorted((one, other) => other - one));
  expect(statements.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  const table = statementTable(statements);
  expect(table).not.toContain('secret');
  expect(table).toMatch(/calls +total ms +share +mean ms +rows +blocks +WAL bytes {2}statement\n/);
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThan(220);
});

test('the counts can be reset, and those of other databases stay', async () => {
  const other = await createTestDatabase();
  const there = postgres(other.directUrl, { max: 1, prepare: false });
  await there.unsafe('select 1 as counted_elsewhere');
  await resetStatements(owner);
  const kept = await listCostliest(there, { by: 'calls', limit: 1000 });
  expect(kept.filter(({ text }) => text.includes('counted_elsewhere'))).toHaveLength(1);
  await there.end();
  await other.close();
  const statements = await listCostliest(owner, { by: 'calls', limit: 5 });
  expect(statements.filter(({ text }) => text.startsWith('insert into organizers'))).toEqual([]);
  expect(statementTable([])).toBe('Nothing was counted yet.\n');
});
