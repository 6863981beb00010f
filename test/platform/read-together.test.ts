import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, type OpenDb, openDb, rowsOf, transaction } from '../../src/platform/database/db.ts';
import { readTogether } from '../../src/platform/database/read-together.ts';
import { createSharedRead } from '../../src/platform/shared-read.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';

let database: TestDatabase;
let open: OpenDb;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openDb({
    url: database.url,
    name: 'test',
    poolSize: 3,
    acquireTimeoutMs: 500,
    callTimeoutMs: 2000,
    prepare: false,
  });
  await open.db.execute(
    sql`insert into organizers (id, slug, name) values ('org_1', 'one', 'One'), ('org_2', 'two', 'Two')`,
  );
});
afterAll(async () => {
  await open.close();
  await database.close();
});

/** Reads names of organizers; `asked` holds the ids of each statement. */
function names(before: () => Promise<unknown> = () => Promise.resolve()) {
  const asked: (readonly string[])[] = [];
  const read = readTogether('test_reads', async (db: Db, ids) => {
    asked.push(ids);
    const rows = await rowsOf<{ id: string; name: string }>(
      db,
      sql`select id, name from organizers where id = any(${`{${ids.join(',')}}`}::text[])`,
    );
    await before();
    return new Map(rows.map(({ id, name }) => [id, name]));
  });
  return { asked, read };
}

/** A statement begins at the end of the turn of the event loop in which its first reader asks. */
const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

const rename = (db: Db, name: string) => db.execute(sql`update organizers set name = ${name} where id = 'org_1'`);

test('readers that ask while a statement is in flight share the next one, and each gets its own row', async () => {
  const { asked, read } = names();
  const first = read(open.db, 'org_1');
  await endOfTurn();
  const others = [...Array<string>(40).fill('org_2'), 'org_1', 'org_3'].map((id) => read(open.db, id));
  expect(await first).toBe('One');
  expect(await Promise.all(others)).toEqual([...Array<string>(40).fill('Two'), 'One', undefined]);
  expect(asked).toEqual([['org_1'], ['org_2', 'org_1', 'org_3']]);
});

test('a reader never gets an answer that was read before it asked', async () => {
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const { asked, read } = names(() => (asked.length === 1 ? held : Promise.resolve()));
  const early = read(open.db, 'org_1');
  await rename(open.db, 'Changed');
  const late = read(open.db, 'org_1');
  goOn();
  await early;
  expect(await late).toBe('Changed');
  await rename(open.db, 'One');
});

test('a transaction reads what it has written, and others do not', async () => {
  const { read } = names();
  const seen = transaction(open.db, async (tx) => {
    await rename(tx, 'Not committed');
    const seenNames = await Promise.all([read(tx, 'org_1'), read(open.db, 'org_1')]);
    await rename(tx, 'One');
    return seenNames;
  });
  expect(await seen).toEqual(['Not committed', 'One']);
});

test('a statement that fails fails for those who share it, and for nobody after them', async () => {
  let isBroken = true;
  const read = readTogether('test_reads', async (_db: Db, ids) => {
    await Promise.resolve();
    if (isBroken) throw new Error('broken');
    return new Map(ids.map((id) => [id, id]));
  });
  const answers = await Promise.allSettled(['a', 'b', 'c'].map((id) => read(open.db, id)));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  isBroken = false;
  expect(await read(open.db, 'a')).toBe('a');
});

test('while a statement hangs, a bounded number of readers wait, and the others are refused at once', async () => {
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const { asked, read } = names(() => held);
  const hanging = read(open.db, 'org_1');
  await endOfTurn();
  const codes: unknown[] = [];
  const waiting = Array.from({ length: 1000 }, () =>
    read(open.db, 'org_2').catch((error: unknown) => codes.push((error as { code: unknown }).code)),
  );
  // No deadline ends within a turn.
  await endOfTurn();
  expect(codes).toEqual(Array<string>(600).fill('service.overloaded'));
  goOn();
  expect(await hanging).toBe('One');
  await Promise.all(waiting);
  expect(asked.length).toBeLessThanOrEqual(5);
});

describe('a read that many ask for', () => {
  const reader = () => {
    const clock = { ms: 0, takes: 3000, reads: 0, isLarge: true };
    const read = createSharedRead(
      async () => {
        clock.reads += 1;
        await Promise.resolve();
        clock.ms += clock.takes;
        return clock.reads;
      },
      () => clock.isLarge,
      () => clock.ms,
    );
    return { clock, ask: () => read('evt') };
  };

  test('is made once for all who ask meanwhile, and kept for twenty times as long as it took if it was large', async () => {
    const { clock, ask } = reader();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    clock.ms += 59_000;
    expect(await ask()).toBe(1);
    clock.ms += 2000;
    expect(await ask()).toBe(2);
  });

  test('is repeated for everybody who asks later if it was small', async () => {
    const { clock, ask } = reader();
    clock.isLarge = false;
    expect([await ask(), await ask(), await ask()]).toEqual([1, 2, 3]);
  });
});
