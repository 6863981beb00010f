import { sql } from 'drizzle-orm';
import type { Answer } from '../../generator/connection.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { auditFaults } from '../harness/audit.ts';
import { fillTables } from '../fill/fill-tables.ts';
import { against } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { hotCategory, measureOn } from '../load/order-load.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { serverSettings, serverWork } from '../harness/server-figures.ts';
import { type BenchStack, startBenchStack } from '../harness/stack.ts';

const connections = 128;
const bar = { ratioMin: 0.85 };

/** The bench of orders on one hot category, on empty tables and again with millions of past orders in them. */
export async function benchGrowth(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('growth', options);
  const faults: string[] = [];
  try {
    const empty = await measureOrders(stack, options, faults, '  control: empty tables');
    const fillSeconds = await fillTables(stack, options.rows);
    const full = await measureOrders(
      stack,
      options,
      faults,
      `with ${options.rows.toLocaleString('en')} orders in the tables`,
    );
    const sizes = await tableSizes(stack);
    return {
      measurements: [against(empty.measured, full.measured, bar), empty.measured],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: stack.pinned,
        connections,
        rows: options.rows,
        fillSeconds,
        'log per order, by run': { full: full.log, empty: empty.log },
        sizes,
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await stack.close();
  }
}

/**
 * Each run begins with a checkpoint, after which Postgres logs every page in full once. In large tables new keys are on
 * many pages, in empty ones on few. The log per order shows what that costs.
 */
async function measureOrders(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
  name: string,
): Promise<{ measured: Measurement; log: LogPerOrder[] }> {
  const log: LogPerOrder[] = [];
  const prepare = async () => {
    const load = await hotCategory(stack);
    await stack.asSuperuser((superuser) => superuser`checkpoint`);
    let placed = 0;
    const before = await serverWork(stack);
    return {
      ...load,
      onAnswer: (answer: Answer) => {
        if (answer.status === 201) placed += 1;
        load.onAnswer?.(answer);
      },
      check: async () => {
        const after = await serverWork(stack);
        log.push({
          bytes: Math.round((after.walBytes - before.walBytes) / placed),
          fullPages: Number(((after.fullPageImages - before.fullPageImages) / placed).toFixed(2)),
        });
        return (await load.check?.()) ?? [];
      },
    };
  };
  return { measured: await measureOn(stack, { name, api: {}, connections, options, faults, prepare }), log };
}

/** Bytes of Postgres' log by run, and how many of them are full pages of 8 KiB. */
type LogPerOrder = { readonly bytes: number; readonly fullPages: number };

async function tableSizes(stack: BenchStack): Promise<Record<string, string>> {
  const rows = await rowsOf<{ name: string; size: string }>(
    stack.owner.db,
    sql`select relname as name, pg_size_pretty(pg_relation_size(oid)) as size from pg_class
        where relkind in ('r', 'i') and relname ~ '^(orders|order_lines|limit_counters)(_|$)' order by relname`,
  );
  return Object.fromEntries(rows.map(({ name, size }) => [name, size]));
}
