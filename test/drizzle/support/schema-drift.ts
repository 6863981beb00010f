import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { is } from 'drizzle-orm';
import { type PgColumn, PgTable, getTableConfig } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import { readFunctionFiles } from '../../../drizzle/apply-functions.ts';

/** Tables that only hand-written SQL reads and writes: no `tables.ts` describes them. */
const tablesOfSql = ['message_shares', 'switch_turns', 'switches'];
/** Columns that their table's `tables.ts` leaves out, so that no query selects them: see `src/catalog/search/index-events.ts`. */
const columnsOfSql = ['events.search', 'events.city_key', 'events.category_key', 'events.search_version'];

type Column = {
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly isGenerated: boolean;
};
type Table = {
  readonly columns: ReadonlyMap<string, Column>;
  readonly primaryKey: string;
  /** Columns of each index, `unique` before those of a unique one. */
  readonly indexes: ReadonlySet<string>;
};
export type Schema = ReadonlyMap<string, Table>;

/** The schema according to all `tables.ts` of the service. */
export async function schemaOfCode(): Promise<Schema> {
  const tables = new Map<string, Table>();
  for (const file of globSync('src/**/tables.ts').toSorted()) {
    const exported: Record<string, unknown> = await import(resolve(file));
    for (const table of Object.values(exported)) {
      if (!is(table, PgTable)) continue;
      const config = getTableConfig(table);
      if (tables.has(config.name)) throw new Error(`${config.name} stands in two tables.ts`);
      const ofColumn = config.columns.filter((column) => column.primary).map((column) => column.name);
      const ofTable = config.primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
      const primaryKey = [...ofColumn, ...ofTable];
      tables.set(config.name, {
        columns: new Map(config.columns.map((column) => [column.name, columnOf(column, primaryKey)])),
        primaryKey: primaryKey.join(', '),
        indexes: new Set([
          ...config.indexes.map(({ config: index }) =>
            indexText(
              index.unique,
              index.columns.map((column) => ('name' in column ? String(column.name) : '')),
            ),
          ),
          ...config.uniqueConstraints.map(({ columns }) =>
            indexText(
              true,
              columns.map(({ name }) => name),
            ),
          ),
          ...config.columns.filter(({ isUnique }) => isUnique).map(({ name }) => indexText(true, [name])),
        ]),
      });
    }
  }
  return tables;
}

function columnOf(column: PgColumn, primaryKey: readonly string[]): Column {
  const isGenerated = column.generated !== undefined || column.generatedIdentity !== undefined;
  return {
    type: column.getSQLType().replace(' (', '('),
    notNull: column.notNull || primaryKey.includes(column.name),
    hasDefault: column.default !== undefined,
    isGenerated,
  };
}

function indexText(isUnique: boolean, columns: readonly string[]): string {
  return `${isUnique ? 'unique ' : ''}(${columns.join(', ')})`;
}

/** The schema of the migrated database, without partitions of other tables. */
export async function schemaOfDatabase(sql: postgres.Sql): Promise<Schema> {
  const columns = await sql<(Column & { table: string; name: string })[]>`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
           a.atthasdef and a.attgenerated = '' as "hasDefault", a.attgenerated <> '' or a.attidentity <> '' as "isGenerated"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname, a.attnum`;
  const keys = await sql<{ table: string; isPrimary: boolean; isUnique: boolean; columns: string[] }[]>`
    select c.relname as table, i.indisprimary as "isPrimary", i.indisunique as "isUnique",
           array(select pg_get_indexdef(i.indexrelid, n, false) from generate_series(1, i.indnkeyatts) as n) as columns
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition`;
  const tables = new Map<string, Table>();
  for (const name of new Set(columns.map(({ table }) => table))) {
    const own = keys.filter(({ table }) => table === name);
    tables.set(name, {
      columns: new Map(
        columns
          .filter(({ table }) => table === name)
          .map(({ name: column, type, notNull, hasDefault, isGenerated }) => [
            column,
            { type, notNull, hasDefault, isGenerated },
          ]),
      ),
      primaryKey: own.find(({ isPrimary }) => isPrimary)?.columns.join(', ') ?? '',
      indexes: new Set(own.map((key) => indexText(key.isUnique, key.columns))),
    });
  }
  return tables;
}

/** Every difference between the two, as a sentence. Indexes that only SQL names are no difference. */
export function differences(code: Schema, database: Schema): readonly string[] {
  const found: string[] = [];
  for (const [name, table] of code) {
    const actual = database.get(name);
    if (actual === undefined) found.push(`${name} is not in the database`);
    else found.push(...tableDifferences(name, table, actual));
  }
  for (const name of database.keys()) {
    if (!code.has(name) && !tablesOfSql.includes(name)) found.push(`${name} is in no tables.ts`);
  }
  for (const name of tablesOfSql) {
    if (code.has(name) || !database.has(name)) found.push(`${name} is in the list of tables that only SQL uses`);
  }
  return found;
}

function tableDifferences(name: string, code: Table, database: Table): readonly string[] {
  const found: string[] = [];
  for (const [column, wanted] of code.columns) {
    const actual = database.columns.get(column);
    if (actual === undefined) found.push(`${name}.${column} is not in the database`);
    else if (JSON.stringify(wanted) !== JSON.stringify(actual)) {
      found.push(`${name}.${column}: tables.ts ${JSON.stringify(wanted)}, database ${JSON.stringify(actual)}`);
    }
  }
  for (const column of database.columns.keys()) {
    const isKnown = code.columns.has(column) !== columnsOfSql.includes(`${name}.${column}`);
    if (!isKnown) found.push(`${name}.${column} is in no tables.ts`);
  }
  if (code.primaryKey !== database.primaryKey) {
    found.push(`${name}: primary key (${code.primaryKey}) in tables.ts, (${database.primaryKey}) in the database`);
  }
  for (const index of code.indexes) {
    if (!database.indexes.has(index)) found.push(`${name}: no index ${index} in the database`);
  }
  return found;
}

class Undo extends Error {}

/** Every SQL function that is not as its file says, that has no file, or that a file names and the database lacks. */
export async function functionDifferences(sql: postgres.Sql, folder: string): Promise<readonly string[]> {
  const files = readFunctionFiles(folder);
  const found: string[] = [];
  await sql
    .begin(async (tx) => {
      await tx`set local check_function_bodies = off`;
      const before = await functionsOf(tx);
      const names = new Set([...before.values()].map(({ name }) => name));
      for (const { name } of files) if (!names.has(name)) found.push(`${name} is not in the database`);
      for (const name of names)
        if (!files.some((file) => file.name === name)) found.push(`${name} has no file in drizzle/functions`);
      for (const { text } of files) await tx.unsafe(text);
      for (const [signature, { definition }] of await functionsOf(tx)) {
        if (before.get(signature)?.definition !== definition) found.push(`${signature} is not what its file says`);
      }
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return found;
}

async function functionsOf(sql: postgres.TransactionSql) {
  const rows = await sql<{ name: string; signature: string; definition: string }[]>`
    select p.proname as name, p.oid::regprocedure::text as signature, pg_get_functiondef(p.oid) as definition
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;
  return new Map(rows.map(({ name, signature, definition }) => [signature, { name, definition }]));
}
