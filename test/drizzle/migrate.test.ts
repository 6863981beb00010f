import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkJournal, MigrationError, migrate } from '../../drizzle/migrate.ts';
import { createTestDatabase } from '../../testkit/services/database.ts';

/** Guards that no migration is left out silently, none is applied twice, and none is changed after it was applied. */
describe('migrate', () => {
  it('applies nothing to a database that is up to date, even when two run at once', async () => {
    const database = await createTestDatabase();
    const both = await Promise.all([migrate({ url: database.directUrl }), migrate({ url: database.directUrl })]);
    expect(both).toEqual([[], []]);
    await database.close();
  });

  it('keeps a function for a week after its file has gone, since the release before calls it', async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.directUrl, { max: 1, onnotice: () => {} });
    const there = async () => {
      const [row] =
        await sql`select to_regprocedure('call_of_before()') is not null as old, to_regprocedure('needs_pass(text)') is not null as used`;
      return row;
    };
    await sql`create function call_of_before() returns integer language sql as 'select 1'`;
    await sql`insert into drizzle.functions (name, checksum) values ('call_of_before', 'its text')`;
    expect(await migrate({ url: database.directUrl })).toEqual([]);
    expect(await there()).toEqual({ old: true, used: true });
    await sql`update drizzle.functions set gone_at = now() - interval '8 days' where name in ('call_of_before', 'needs_pass')`;
    expect(await migrate({ url: database.directUrl })).toEqual(['call_of_before (dropped)']);
    expect(await there()).toEqual({ old: false, used: true });
    await sql.end();
    await database.close();
  });

  it('refuses when an applied migration was changed', async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.directUrl, { max: 1 });
    await sql`update drizzle.__drizzle_migrations set hash = 'other' where id = 1`;
    await expect(migrate({ url: database.directUrl })).rejects.toThrow(/Changed after it was applied.*0000_roles/);
    await sql.end();
    await database.close();
  });

  it('refuses a database that sorts by the rules of a language, where ranges of ids would be empty', async () => {
    const database = await createTestDatabase({ language: 'en' });
    await expect(migrate({ url: database.directUrl })).rejects.toThrow(/needs the order of their bytes/);
    await database.close();
  });

  it('refuses a database that a newer version migrated', async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.directUrl, { max: 1 });
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`;
    await expect(migrate({ url: database.directUrl })).rejects.toThrow(MigrationError);
    await sql.end();
    await database.close();
  });
});

it('every migration says in its first line whether a rolling upgrade may run over it', () => {
  const files = globSync('drizzle/*.sql');
  expect(files.length).toBeGreaterThanOrEqual(2);
  const silent = files.filter(
    (file) => !/^-- rolling upgrade: (yes|no), because (?!\.\.\.)\S.{10,}\n/.test(readFileSync(file, 'utf8')),
  );
  expect(silent).toEqual([]);
});

describe('checkJournal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'antre-journal-'));
    mkdirSync(join(folder, 'meta'));
    for (const tag of ['0001_one', '0002_two']) writeFileSync(join(folder, `${tag}.sql`), 'select 1;');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const journal = (entries: readonly { tag: string; when: number }[]) =>
    writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ entries }));

  it('accepts every file once, in order, with rising times', () => {
    journal([
      { tag: '0001_one', when: 1 },
      { tag: '0002_two', when: 2 },
    ]);
    expect(checkJournal(folder).map(({ tag }) => tag)).toEqual(['0001_one', '0002_two']);
  });

  it('refuses a file that is not listed', () => {
    journal([{ tag: '0001_one', when: 1 }]);
    expect(() => checkJournal(folder)).toThrow(/must list the files in order/);
  });

  it('refuses a time that is not later than the one before, which drizzle would skip', () => {
    journal([
      { tag: '0001_one', when: 2 },
      { tag: '0002_two', when: 2 },
    ]);
    expect(() => checkJournal(folder)).toThrow(/0002_two must be later/);
  });
});
