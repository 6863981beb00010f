import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDb } from '../../../src/platform/database/db.ts';
import { prepared } from '../../../src/platform/database/prepared.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';

/** Guards which statements are prepared, and that PgBouncer keeps those of two clients apart. */

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const openOne = (url: string, prepare: boolean) =>
  openDb({ url, name: 'test', poolSize: 1, acquireTimeoutMs: 5000, callTimeoutMs: 10_000, prepare });

/** The texts that the one connection of a pool has prepared, after each statement ran twice. */
async function keptBy(prepare: boolean): Promise<string[]> {
  const { db, close } = openOne(database.directUrl, prepare);
  for (let times = 0; times < 2; times += 1) {
    await db.execute(sql`select ${times}::int as marked ${prepared}`);
    await db.execute(sql`select ${times}::int as plain`);
  }
  const rows = await db.execute<{ statement: string }>(sql`select statement from pg_prepared_statements`);
  await close();
  return rows.map(({ statement }) => statement);
}

test('a statement is prepared once if it is marked and the setting allows it; others never', async () => {
  expect(await keptBy(true)).toEqual(['select $1::int as marked /* prepared */']);
  expect(await keptBy(false)).toEqual([]);
});

test('clients that share a connection behind PgBouncer get their own statements', async () => {
  const clients = Array.from({ length: 4 }, () => openOne(database.url, database.preparedStatements));
  for (let round = 0; round < 20; round += 1) {
    const answers = await Promise.all(
      clients.map(async ({ db }, index) => {
        const [row] = await db.execute<{ answer: string }>(
          sql`select ${sql.raw(`'client ${index}'`)} || ${` ${round}`} as answer ${prepared}`,
        );
        return row?.answer;
      }),
    );
    expect(answers).toEqual([0, 1, 2, 3].map((index) => `client ${index} ${round}`));
  }
  await Promise.all(clients.map(({ close }) => close()));
});
