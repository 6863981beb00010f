import type { Sql } from 'postgres';

/** One statement, over all its calls since the last reset. */
export type Statement = {
  /** With `$1` in place of every value. */
  readonly text: string;
  readonly calls: number;
  /** Planning and execution. */
  readonly totalMs: number;
  readonly meanMs: number;
  readonly rows: number;
  /** Table pages that were read, from memory or disk. */
  readonly blocks: number;
  readonly walBytes: number;
  /** Its share of the time of all statements of this database. */
  readonly share: number;
};

/** The possible sort orders, as columns of the query below. */
export const orders = {
  total: 'total_ms',
  mean: 'mean_ms',
  calls: 'calls',
  rows: 'rows',
  blocks: 'blocks',
  wal: 'wal_bytes',
} as const;
export type Order = keyof typeof orders;

/**
 * The costliest statements of the connected database, without those that read the statistics. The role needs
 * pg_read_all_stats to see the statements of others.
 */
export async function listCostliest(sql: Sql, { by, limit }: { by: Order; limit: number }): Promise<Statement[]> {
  const rows = await sql<(Omit<Statement, 'totalMs' | 'meanMs' | 'walBytes'> & Record<string, number>)[]>`
    with own as (
      select query as text, calls::float8, total_plan_time + total_exec_time as total_ms,
        (total_plan_time + total_exec_time) / calls as mean_ms, rows::float8,
        (shared_blks_hit + shared_blks_read)::float8 as blocks, wal_bytes::float8 as wal_bytes
      from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
        and calls > 0 and query not like '%pg_stat_statements%'
    )
    select *, coalesce(total_ms / nullif(sum(total_ms) over (), 0), 0) as share
    from own order by ${sql(orders[by])} desc, text limit ${limit}`;
  return rows.map(({ text, calls, rows: count, blocks, share, ...row }) => ({
    text: withoutValues(text),
    calls,
    rows: count,
    blocks,
    share,
    totalMs: row['total_ms'] ?? 0,
    meanMs: row['mean_ms'] ?? 0,
    walBytes: row['wal_bytes'] ?? 0,
  }));
}

/** Resets the statistics of the connected database. Others on the server keep theirs: tests and stacks may share it. */
export async function resetStatements(sql: Sql): Promise<void> {
  await sql`select pg_stat_statements_reset(0::oid, (select oid from pg_database where datname = current_database()), 0)`;
}

/** Postgres replaces the values of queries, but not those of every utility statement, which may contain a password. */
function withoutValues(text: string): string {
  return text.replaceAll(/'(?:[^']|'')*'/g, "'?'");
}
