import { type SQL, Subquery, sql } from 'drizzle-orm';
import type postgres from 'postgres';

const mark = '/* prepared */';

/**
 * Ends the text of a hot statement that calls a SQL function. With `DATABASE_PREPARE` each connection parses and plans
 * it once, and sends it in one round trip instead of two. Only for a call of a function, whose plan is the same at every
 * size of the tables. The text must not depend on the values, and must name its columns: PgBouncer keeps the statement when
 * a release gives the function a further column, and a `*` would then fail until it connects anew.
 */
export const prepared = sql.raw(mark);

/** How the driver sends a statement: prepared if its text has the mark, or if drizzle was given a name for it. */
export function howSent(text: string, options: postgres.UnsafeQueryOptions | undefined): postgres.UnsafeQueryOptions {
  return text.endsWith(mark) ? { ...options, prepare: true } : (options ?? {});
}

/**
 * Rows that a SQL function returns, as a source to select from.
 * @param table the name of the table whose columns they have
 */
export function returned<Table extends string>(table: Table, rows: SQL): Subquery<Table, Record<string, unknown>> {
  return new Subquery(rows, {}, table);
}
