import { sql } from 'drizzle-orm';
import { rowsOf } from '../../src/platform/db.ts';
import { createEvent } from '../../test/support/factories.ts';
import { auditFaults } from './audit.ts';
import { insertEndedOrders } from './bulk-orders.ts';
import { against } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { hotCategory, measureOn } from './order-load.ts';
import type { BenchReport, Measurement } from './report.ts';
import { serverSettings } from './server-figures.ts';
import { type BenchStack, say, startBenchStack } from './stack.ts';

const connections = 128;
const ordersPerEvent = 100_000;
const bar = { ratioMin: 0.85 };

/** The bench of orders on one hot category on empty tables, and again with millions of orders of past events in them. */
export async function benchGrowth(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('growth', options);
  const faults: string[] = [];
  try {
    const empty = await measureOrders(stack, options, faults, '  control: empty tables');
    const started = performance.now();
    await fill(stack, options.rows);
    const fillSeconds = Math.round((performance.now() - started) / 1000);
    const full = await measureOrders(
      stack,
      options,
      faults,
      `with ${options.rows.toLocaleString('en')} orders in the tables`,
    );
    const sizes = await tableSizes(stack);
    return {
      measurements: [against(empty, full, bar), empty],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: stack.pinned,
        connections,
        rows: options.rows,
        fillSeconds,
        sizes,
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await stack.close();
  }
}

/** Each begins with a checkpoint, after which Postgres writes every page it touches in full once: the same for both. */
function measureOrders(stack: BenchStack, options: BenchOptions, faults: string[], name: string): Promise<Measurement> {
  return measureOn(stack, {
    name,
    api: {},
    connections,
    options,
    faults,
    prepare: async () => {
      const load = await hotCategory(stack);
      await stack.asSuperuser((superuser) => superuser`checkpoint`);
      return load;
    },
  });
}

/** Full pages and waits for the disk are left out while filling, and are back before anything is measured. */
async function fill(stack: BenchStack, rows: number): Promise<void> {
  await stack.asSuperuser(async (superuser) => {
    await superuser.unsafe('alter system set full_page_writes = off');
    await superuser.unsafe('alter system set synchronous_commit = off');
    await superuser`select pg_reload_conf()`;
  });
  for (let first = 0; first < rows; first += ordersPerEvent) {
    const event = await createEvent(stack.open.db, { categories: [{ capacity: ordersPerEvent }] });
    const last = Math.min(first + ordersPerEvent, rows) - 1;
    await insertEndedOrders(stack.owner.db, event, { first, last });
    if ((last + 1) % (ordersPerEvent * 10) === 0) say(`${(last + 1).toLocaleString('en')} orders in the tables`);
  }
  await stack.owner.db.execute(sql`vacuum (analyze) orders`);
  await stack.owner.db.execute(sql`vacuum (analyze) order_lines`);
  await stack.asSuperuser(async (superuser) => {
    await superuser.unsafe('alter system reset full_page_writes');
    await superuser.unsafe('alter system reset synchronous_commit');
    await superuser`select pg_reload_conf()`;
  });
}

async function tableSizes(stack: BenchStack): Promise<Record<string, string>> {
  const rows = await rowsOf<{ name: string; size: string }>(
    stack.owner.db,
    sql`select relname as name, pg_size_pretty(pg_relation_size(oid)) as size from pg_class
        where relname in ('orders', 'order_lines') or relname like 'orders\\_%' order by relname`,
  );
  return Object.fromEntries(rows.map(({ name, size }) => [name, size]));
}
