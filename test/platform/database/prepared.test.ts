import { globSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('a release replaces a function under a running service', () => {
  /** Calls it before and after it gets a further result column, as the same pool behind PgBouncer. */
  async function callAcross(name: string, columns: string): Promise<unknown> {
    const owner = openOne(database.directUrl, false);
    const { db, close } = openOne(database.url, database.preparedStatements);
    const make = (out: string, value: string) =>
      owner.db.execute(
        sql.raw(
          `create function ${name}(number integer, ${out}) language sql return ${value}; grant execute on function ${name} to public`,
        ),
      );
    const call = () =>
      db.execute<{ one: number }>(sql`select ${sql.raw(columns)} from ${sql.raw(name)}(${0}::integer) ${prepared}`);
    try {
      await make('out one integer', '1');
      for (let times = 0; times < 2; times += 1) await call();
      await owner.db.execute(sql.raw(`drop function ${name}`));
      await make('out one integer, out two integer', '(2, 3)');
      return await call().then(
        ([row]) => row?.one,
        ({ cause }: Error) => (cause instanceof Error ? cause.message : 'another error'),
      );
    } finally {
      await Promise.all([close(), owner.close()]);
    }
  }

  test('a call that names its columns goes on; with a star it would fail until PgBouncer connects anew', async () => {
    expect(await callAcross('named_columns', 'one')).toBe(2);
    if (database.preparedStatements)
      expect(await callAcross('all_columns', '*')).toMatch('cached plan must not change result type');
  });

  test('every prepared statement of the service names its columns', () => {
    const statements = globSync('src/**/*.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/sql`[^`]*\$\{prepared\}`/g)].map(([text]) => text),
    );
    expect(statements.length).toBeGreaterThanOrEqual(7);
    expect(statements.filter((text) => text.includes('select *'))).toEqual([]);
  });
});
