import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyFiles } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { requiredDatabaseTls } from '../src/platform/database/database-tls.ts';
import { applyFunctions } from './apply-functions.ts';

/** A fault in the migration files or in what was applied; the message says what to do. */
export class MigrationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MigrationError';
  }
}

interface JournalEntry {
  readonly tag: string;
  readonly when: number;
}

interface MigrationFile extends JournalEntry {
  readonly hash: string;
}

const folder = import.meta.dirname;
/** An arbitrary number that all migrators of this product share. */
const advisoryLock = 4_277_001;
const advisoryLockDeadlineMs = 60_000;
/** While a migration waits for a table's lock, later queries wait behind it. Better to fail and retry. */
const tableLockDeadlineMs = 5000;

/**
 * Applies the missing migrations in one transaction, then the changed SQL functions in another, and returns their names.
 * Migrations change tables only; `functions/` has one file per function. Two migrators take turns by a session lock, so the
 * address must lead past PgBouncer. It must belong to the owner of the tables.
 * @throws MigrationError when the files and the journal disagree, when a file was changed after it was applied here, or when the
 *   database does not sort texts by their bytes
 */
export async function migrate({ url }: { url: string }): Promise<readonly string[]> {
  const files = checkJournal(folder);
  const sql = postgres(url, { max: 1, connect_timeout: 10, ssl: requiredDatabaseTls(url), onnotice: () => {} });
  try {
    await sql.unsafe(`set lock_timeout = ${advisoryLockDeadlineMs}; set statement_timeout = 0`).simple();
    await requireByteOrder(sql);
    await sql`select pg_advisory_lock(${advisoryLock})`;
    const before = await appliedHashes(sql);
    requireUnchanged(files, before);
    await sql.unsafe(`set lock_timeout = ${tableLockDeadlineMs}`).simple();
    await applyFiles(drizzle(sql), { migrationsFolder: folder });
    const functions = await applyFunctions(sql, join(folder, 'functions'));
    return [...files.filter(({ when }) => !before.has(when)).map(({ tag }) => tag), ...functions];
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === '55P03') {
      throw new MigrationError(
        'A lock was not had in time: another migration runs, or a long transaction holds a table. Try again.',
      );
    }
    throw error;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * Reads `meta/_journal.json` and checks that it lists every .sql file of the folder, in the order of their names, with
 * rising times. drizzle silently skips an entry whose time is not later than the last one applied.
 */
export function checkJournal(migrations: string): readonly MigrationFile[] {
  const { entries } = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8')) as {
    entries: JournalEntry[];
  };
  const listed = entries.map(({ tag }) => `${tag}.sql`).join(', ');
  const present = readdirSync(migrations)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .join(', ');
  if (listed !== present)
    throw new MigrationError(
      `drizzle/meta/_journal.json must list the files in order.\n  journal: ${listed}\n  folder:  ${present}`,
    );
  const late = entries.find(({ when }, place) => place > 0 && when <= (entries[place - 1]?.when ?? 0));
  if (late)
    throw new MigrationError(
      `drizzle/meta/_journal.json: "when" of ${late.tag} must be later than that of the entry before it.`,
    );
  return entries.map(({ tag, when }) => ({ tag, when, hash: hashOf(readFileSync(join(migrations, `${tag}.sql`))) }));
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What was applied to this database: time in the journal -> hash of the file as it was then. */
async function appliedHashes(sql: postgres.Sql): Promise<ReadonlyMap<number, string>> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`;
  if (!table?.['there']) return new Map();
  const rows = await sql<
    { created_at: string; hash: string }[]
  >`select created_at, hash from drizzle.__drizzle_migrations`;
  return new Map(rows.map((row) => [Number(row.created_at), row.hash]));
}

/** Ids are compared by their bytes, for example to find all messages of an event. Another order would find none of them, silently. */
async function requireByteOrder(sql: postgres.Sql): Promise<void> {
  const [order] = await sql`select 'Z' < 'a' and 'z' < '~' and 'A~' < 'a' as is_of_bytes`;
  if (order?.['is_of_bytes'] !== true)
    throw new MigrationError(
      'This database sorts texts by the rules of a language; antre needs the order of their bytes. Make the database with the locale\n' +
        'of deploy/postgres/roles.sql (C.UTF-8 of the builtin provider).',
    );
}

function requireUnchanged(files: readonly MigrationFile[], applied: ReadonlyMap<number, string>): void {
  const changed = files
    .filter(({ when, hash }) => applied.has(when) && applied.get(when) !== hash)
    .map(({ tag }) => tag);
  if (changed.length > 0) {
    throw new MigrationError(
      `Changed after it was applied to this database: ${changed.join(', ')}. Put the change into a new migration;\n` +
        'on a local database, `npm start -- --fresh` throws the data away and begins again.',
    );
  }
  const known = new Set(files.map(({ when }) => when));
  if ([...applied.keys()].some((when) => !known.has(when))) {
    throw new MigrationError(
      'This database has migrations that this version does not know: it was used with a newer or another version.\n' +
        'On a local database, `npm start -- --fresh` throws the data away and begins again.',
    );
  }
}

/** The parts of an error that a person needs. For an error of Postgres also the place in the statement. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof postgres.PostgresError)) return cause.message;
  const parts = [`Postgres refused (${cause.code}): ${cause.message}`, cause.detail, cause.hint, cause.where];
  if (cause.position && cause.query) parts.push(`at: ${cause.query.slice(Number(cause.position) - 1).slice(0, 120)}`);
  return parts.filter((part) => part !== undefined && part !== '').join('\n');
}

const usage = 'usage: migrate, without arguments; DATABASE_DIRECT_URL names the database';

async function main(): Promise<void> {
  const [given] = process.argv.slice(2);
  if (given === '--help' || given === '-h') return console.log(usage);
  if (given !== undefined) throw new MigrationError(`It takes no arguments, and was given ${given}.\n${usage}`);
  const url = process.env['DATABASE_DIRECT_URL'] ?? process.env['DATABASE_URL'];
  if (!url)
    throw new MigrationError('Give DATABASE_DIRECT_URL: the database as the owner of the tables, past PgBouncer.');
  const applied = await migrate({ url });
  console.log(applied.length === 0 ? 'the database is up to date' : `applied ${applied.join(', ')}`);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(inWords(error));
    process.exitCode = 1;
  }
}
