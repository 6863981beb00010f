import postgres from 'postgres';
import type { BenchStack } from './stack.ts';

/** Server settings that a reader needs to judge a figure. */
export async function serverSettings(stack: BenchStack): Promise<Record<string, string>> {
  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'wal_sync_method',
    'shared_buffers',
    'commit_delay',
    'server_version',
  ];
  return stack.asSuperuser(async (sql) => {
    const rows = await sql<{ name: string; value: string }[]>`
      select name, current_setting(name) as value from pg_settings where name in ${sql(names)}`;
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  });
}

/** PgBouncer's `SHOW STATS` for the product's database; undefined without a PgBouncer of our own. */
export async function poolerStats(stack: BenchStack): Promise<Record<string, number> | undefined> {
  const { pgbouncerAdminUrl, databaseUrl } = stack.services.addresses;
  if (pgbouncerAdminUrl === undefined) return undefined;
  const sql = postgres(pgbouncerAdminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    const rows = await sql.unsafe<Record<string, string>[]>('show stats').simple();
    const own = rows.find((row) => row['database'] === new URL(databaseUrl).pathname.slice(1)) ?? {};
    return Object.fromEntries(
      Object.entries(own)
        .filter(([name]) => name !== 'database')
        .map(([name, value]) => [name, Number(value)]),
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Where a bench ran, and on which settings of Postgres and PgBouncer. */
export async function stackFacts(stack: BenchStack) {
  return {
    pinned: stack.pinned,
    settings: await serverSettings(stack),
    'PgBouncer SHOW STATS': await poolerStats(stack),
  };
}

/** Postgres' totals since its start. Their difference is the cost of a bench. */
export type ServerWork = {
  readonly walBytes: number;
  readonly walRecords: number;
  readonly fullPageImages: number;
  readonly walSyncs: number;
  /** Statements that clients sent, and their time in Postgres. */
  readonly statements: number;
  readonly statementMs: number;
};

export async function serverWork(stack: BenchStack): Promise<ServerWork> {
  return stack.asSuperuser(async (sql) => {
    // Postgres reports the work of a connection once it is idle for a moment.
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<ServerWork[]>`
      select (select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8) as "walBytes",
             (select wal_records::float8 from pg_stat_wal) as "walRecords",
             (select wal_fpi::float8 from pg_stat_wal) as "fullPageImages",
             (select coalesce(sum(fsyncs), 0)::float8 from pg_stat_io where object = 'wal') as "walSyncs",
             coalesce(sum(calls), 0)::float8 as statements, coalesce(sum(total_exec_time), 0)::float8 as "statementMs"
      from pg_stat_statements s
      where s.userid = (select oid from pg_roles where rolname = 'antre_app')
        and s.dbid = (select oid from pg_database where datname = current_database())`;
    if (row === undefined) throw new Error('Postgres did not say what it has done');
    return row;
  });
}

/** The service's statements with the most time since the last reset, with the time per call. */
export async function costliestStatements(stack: BenchStack, limit: number): Promise<string[]> {
  return stack.asSuperuser(async (sql) => {
    const rows = await sql<{ said: string }[]>`
      select format('%s ms in %s calls of %s ms: %s', round(total_exec_time), calls, round(mean_exec_time::numeric, 3),
               left(regexp_replace(query, '\\s+', ' ', 'g'), 110)) as said
      from pg_stat_statements
      where userid = (select oid from pg_roles where rolname = 'antre_app')
      order by total_exec_time desc limit ${limit}`;
    return rows.map(({ said }) => said);
  });
}

export async function forgetStatements(stack: BenchStack): Promise<void> {
  await stack.asSuperuser((sql) => sql`select pg_stat_statements_reset()`);
}

/**
 * Adds a wait of this many microseconds before each flush of the log, as a network disk would. It is Postgres'
 * `commit_delay`, independent of the number of open transactions. 0 removes it.
 */
export async function delayCommits(stack: BenchStack, microseconds: number): Promise<void> {
  await stack.asSuperuser(async (sql) => {
    await sql.unsafe(`alter system set commit_delay = ${microseconds}`);
    await sql.unsafe('alter system set commit_siblings = 0');
    await sql`select pg_reload_conf()`;
  });
}
