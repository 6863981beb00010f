import postgres from 'postgres';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import type { Db } from '../../../src/platform/database/db.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';
import { testStack } from '../../../testkit/services/stack.ts';

/** Tests make holds overdue on purpose, and nobody sweeps while they look. */
const checked = orderInvariants.filter(({ name }) => name !== 'orders.holds_end');
const momentary = orderInvariants.filter(({ name }) =>
  ['orders.stock_conserved', 'orders.stock_equals_rows'].includes(name),
);

/** All violations of the invariants of stock, orders, tickets and limits. */
export async function faultsOf(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (const invariant of checked) {
    for (const sentence of await invariant.find(db)) found.push(`${invariant.name}: ${sentence}`);
  }
  return found;
}

const pauseMs = 50;

/** Checks the stock against the rows that it counts on a connection of its own, every 50 ms until `stop`. */
export function watchStock(directUrl: string) {
  const open = openTestDb(directUrl, 1);
  let watching = true;
  let samples = 0;
  const faults: string[] = [];
  const watch = async (): Promise<void> => {
    while (watching) {
      for (const invariant of momentary) faults.push(...(await invariant.find(open.db)));
      samples += 1;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const watched = watch();
  return {
    /** @returns the number of checks, and the violations at any of those moments */
    stop: async () => {
      watching = false;
      await watched;
      await open.close();
      return { samples, faults };
    },
  };
}

/**
 * Deadlocks that Postgres has broken in a database so far. It ends all connections first, because each keeps its
 * counts to itself for a while.
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
