import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type postgres from 'postgres';

interface FunctionFile {
  /** The function's name, which is the file's. */
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** For so long after its file has gone a function stays: the release before calls it, and may be put into service again. */
const keptWithoutFileDays = 7;

/** The longest time that callbacks' raw bytes are kept. The recurring job drops partitions by the service's own setting. */
const partitionsKeptDaysMax = 3650;

/**
 * Makes the SQL functions of the database equal to the files in `functions`, one for each function. New and changed files are applied.
 * A changed file replaces every function of its name, so that parameters may change. A function whose file has gone is dropped a week later.
 * All of it is one transaction. Returns the names of changed functions.
 *
 * In a rolling upgrade, old processes run against new functions. If the service calls a function, give it a new name when its
 * parameters change, or the type of a column that it returns: PgBouncer keeps prepared calls of it.
 */
export async function applyFunctions(sql: postgres.Sql, folder: string): Promise<readonly string[]> {
  const files = readFunctionFiles(folder);
  return sql.begin(async (tx) => {
    // Functions call each other. They are checked when they run, so the order of the files does not matter.
    await tx`set local check_function_bodies = off`;
    await tx`create table if not exists drizzle.functions (name text primary key, checksum text not null)`;
    await tx`alter table drizzle.functions add column if not exists gone_at timestamptz`;
    const present = files.map(({ name }) => name);
    await tx`
      update drizzle.functions set gone_at = case when name = any(${present}) then null else coalesce(gone_at, now()) end`;
    const rows = await tx<{ name: string; checksum: string; is_over: boolean }[]>`
      select name, checksum, coalesce(gone_at < now() - make_interval(days => ${keptWithoutFileDays}), false) as is_over
      from drizzle.functions`;
    const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
    const changed = files.filter(({ name, checksum }) => applied.get(name) !== checksum);
    const gone = rows.filter((row) => row.is_over).map(({ name }) => name);
    for (const name of [...changed.map((file) => file.name), ...gone]) await dropFunction(tx, name);
    for (const { text } of changed) await tx.unsafe(text);
    for (const { name, checksum } of changed) {
      await tx`
        insert into drizzle.functions (name, checksum) values (${name}, ${checksum})
        on conflict (name) do update set checksum = excluded.checksum`;
    }
    if (gone.length > 0) await tx`delete from drizzle.functions where name in ${tx(gone)}`;
    // Payloads need a partition from the first day.
    await tx`select maintain_callback_partitions(${partitionsKeptDaysMax})`;
    return [...changed.map((file) => file.name), ...gone.map((name) => `${name} (dropped)`)];
  });
}

export function readFunctionFiles(folder: string): readonly FunctionFile[] {
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return { name: basename(file, '.sql'), text, checksum: createHash('sha256').update(text).digest('hex') };
    });
}

/** Trigger functions stay: their triggers depend on them, and they take no parameters that could change. */
async function dropFunction(tx: postgres.TransactionSql, name: string): Promise<void> {
  const overloads = await tx<{ signature: string }[]>`
    select p.oid::regprocedure::text as signature from pg_proc p
    where p.proname = ${name} and p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype`;
  for (const { signature } of overloads) await tx.unsafe(`drop function ${signature}`);
}
