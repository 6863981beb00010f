import postgres from 'postgres';
import { testStack } from '../../../testkit/services/stack.ts';

/**
 * Deadlocks that Postgres has broken in a database so far. It ends the connections first, since each keeps its counts
 * to itself for a while; whoever had one opens another.
 */
export async function countDeadlocks(url: string): Promise<number> {
  const name = new URL(url).pathname.slice(1);
  const sql = postgres(testStack().postgresAdminUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${name}`;
    const [row] = await sql<{ deadlocks: number }[]>`
      select deadlocks::int from pg_stat_database where datname = ${name}`;
    return row?.deadlocks ?? 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
