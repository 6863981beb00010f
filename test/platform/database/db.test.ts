import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isUnavailable, sqlState } from '../../../src/platform/database/db-errors.ts';
import { afterCommit, openDb, rowsOf, transaction, withoutHoles } from '../../../src/platform/database/db.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const open = (options: Partial<Parameters<typeof openDb>[0]> = {}) =>
  openDb({
    url: database.url,
    name: 'test',
    poolSize: 3,
    acquireTimeoutMs: 500,
    callTimeoutMs: 2000,
    prepare: false,
    ...options,
  });
const sleep = (seconds: number) => sql`select pg_sleep(${seconds})`;

test('a slow query does not delay others while a connection is free', async () => {
  const { db, close } = open({ callTimeoutMs: 15_000 });
  await Promise.all([1, 2, 3].map(() => db.execute(sql`select 1`)));
  let slowHasEnded = false;
  const slow = db.execute(sleep(10)).catch(() => (slowHasEnded = true));
  await Promise.all(Array.from({ length: 30 }, () => db.execute(sql`select ${1}::int`)));
  expect(slowHasEnded).toBe(false);
  await db.execute(
    sql`select pg_cancel_backend(pid) from pg_stat_activity where query like 'select pg_sleep(%' and state = 'active'`,
  );
  await slow;
  expect(slowHasEnded).toBe(true);
  await close();
});

test('a call that waits too long for a connection is refused, and the queue is bounded', async () => {
  const { db, close } = open({ poolSize: 1, acquireTimeoutMs: 100, callTimeoutMs: 30_000 });
  const released = Promise.withResolvers<void>();
  const slow = transaction(db, () => released.promise);
  const error: unknown = await db.execute(sql`select 1`).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(sqlState(error)).toBe('POOL_FULL');
  expect(isUnavailable(error)).toBe(true);
  const crowd = await Promise.allSettled(Array.from({ length: 80 }, () => db.execute(sql`select 1`)));
  expect(crowd.every((result) => result.status === 'rejected')).toBe(true);
  released.resolve();
  await slow;
  await expect(db.execute(sql`select 1`)).resolves.toBeDefined();
  await close();
});

test('the client gives up a call without an answer', async () => {
  const { db, close } = open({ callTimeoutMs: 200 });
  // Had it waited, there would be no error.
  const error: unknown = await db.execute(sleep(5)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(sqlState(error)).toBe('DEADLINE');
  await close();
});

test('after a query that failed half-way the next query gets its own rows and no others', async () => {
  const { db, close } = open({ poolSize: 1 });
  for (let round = 0; round < 5; round += 1) {
    await expect(db.execute(sql`select 100 / (500 - n) as x from generate_series(1, 500) n`)).rejects.toThrow();
    const rows = await rowsOf<{ n: number }>(db, sql`select n from generate_series(1, 2) n`);
    expect(rows.length).toBe(2);
    expect(rows[0]?.n).toBe(1);
  }
  await close();
});

test('the guard removes holes from results', () => {
  const rows: unknown[] = [];
  rows[2] = 'a';
  rows[3] = 'b';
  expect(withoutHoles(rows)).toEqual(['a', 'b']);
});

test('a transaction that was chosen as a deadlock victim runs again', async () => {
  // Postgres looks for deadlocks after a second.
  const { db, close } = open({ callTimeoutMs: 30_000 });
  await db.execute(sql`insert into limit_counters values ('evt_A', 'a', 0), ('evt_A', 'b', 0)`);
  const add = (first: string, second: string) =>
    transaction(db, async (tx) => {
      await tx.execute(sql`update limit_counters set quantity = quantity + 1 where counter_key = ${first}`);
      await tx.execute(sleep(0.2));
      await tx.execute(sql`update limit_counters set quantity = quantity + 1 where counter_key = ${second}`);
    });
  await Promise.all([add('a', 'b'), add('b', 'a')]);
  expect(await rowsOf(db, sql`select quantity from limit_counters order by counter_key`)).toEqual([
    { quantity: 2 },
    { quantity: 2 },
  ]);
  await close();
});

test('the counts of a transaction are added once, after its retry has committed', async () => {
  const { db, close } = open();
  const counted: string[] = [];
  let tries = 0;
  await transaction(db, async (tx) => {
    tries += 1;
    afterCommit(tx, () => counted.push(`try ${tries}`));
    await transaction(tx, async (inner) => afterCommit(inner, () => counted.push('within')));
    expect(counted).toEqual([]);
    if (tries < 3) await tx.execute(sql`do $$ begin raise exception 'met another' using errcode = '40001'; end $$`);
  });
  expect([tries, counted]).toEqual([3, ['try 3', 'within']]);

  const failed = transaction(db, async (tx) => {
    afterCommit(tx, () => counted.push('rolled back'));
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(counted).toHaveLength(2);
  afterCommit(db, () => counted.push('outside'));
  expect(counted).toHaveLength(3);
  await close();
});
