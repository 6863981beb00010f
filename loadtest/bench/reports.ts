import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeArguments } from '../../deploy/local/stack/node-arguments.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { insertOrdersInPayment } from './fill/bulk-orders.ts';
import { auditFaults } from './harness/audit.ts';
import { emptyOutbox } from './harness/count-orders.ts';
import type { BenchOptions } from './harness/options.ts';
import type { BenchReport, Measurement } from './harness/report.ts';
import { serverSettings } from './harness/server-figures.ts';
import { type BenchStack, say, startBenchStack } from './harness/stack.ts';
import { type MadeReport, reportMeasured } from './load/made-report.ts';
import type { ReportToMake } from './load/report-maker.ts';

const rowsMax = 1_000_000;
/** The smaller report has this share of the rows. */
const smallPart = 10;
const rowsPerInsert = 100_000;
/** Bound relative to the peak of the smaller report. */
const memoryRatioMax = 1.3;
const formats = ['csv', 'xlsx'] as const;

/**
 * Reports of a million orders, as CSV and as XLSX, each by a process of its own as a worker makes it, against a tenth of the orders. The
 * memory of a report must not grow with its rows.
 */
export async function benchReports(options: BenchOptions): Promise<BenchReport> {
  const rows = Math.min(options.rows, rowsMax);
  const stack = await startBenchStack('reports', options);
  const folder = mkdtempSync(join(tmpdir(), 'antre-bench-reports-'));
  try {
    const small = await fill(stack, Math.max(1, Math.floor(rows / smallPart)));
    const large = await fill(stack, rows);
    const faults: string[] = [];
    const measurements: Measurement[] = [];
    for (const format of formats) {
      const [least, most] = [await make(stack, small, format, folder), await make(stack, large, format, folder)];
      measurements.push(reportMeasured(format, least, most));
      if (least.rows !== Math.max(1, Math.floor(rows / smallPart)) || most.rows !== rows)
        faults.push(`${format}: ${least.rows} and ${most.rows} rows were written`);
      if (most.peakMiB > least.peakMiB * memoryRatioMax)
        faults.push(`${format}: ${most.peakMiB} MiB for ${most.rows} rows, ${least.peakMiB} MiB for ${least.rows}`);
    }
    return {
      measurements,
      faults: [...faults, ...(await auditFaults(stack))],
      facts: { pinned: stack.pinned, memoryRatioMax, settings: await serverSettings(stack) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stack.close();
  }
}

async function fill(stack: BenchStack, count: number): Promise<TestEvent> {
  say(`${count.toLocaleString('en')} orders`);
  const { db } = stack.owner;
  const event = await createEvent(db, { categories: [{ capacity: count }] });
  await stack.onAllCores(async () => {
    for (let first = 1; first <= count; first += rowsPerInsert)
      await insertOrdersInPayment(db, event, { first, last: Math.min(first + rowsPerInsert - 1, count) });
  });
  await emptyOutbox(db);
  return event;
}

const program = fileURLToPath(new URL('load/report-maker.ts', import.meta.url));

async function make(
  stack: BenchStack,
  event: TestEvent,
  format: (typeof formats)[number],
  folder: string,
): Promise<MadeReport> {
  const child = fork(program, [], { execArgv: [...nodeArguments] });
  const task: ReportToMake = {
    databaseUrl: stack.services.addresses.databaseUrl,
    organizerId: event.organizer.id,
    eventId: event.id,
    format,
    folder,
  };
  const made = await new Promise<MadeReport>((resolve, reject) => {
    child.once('message', (message) => resolve(message as MadeReport));
    child.once('exit', (code) => reject(new Error(`the maker of a report ended with ${code}`)));
    child.send(task);
  });
  child.disconnect();
  say(`${format}: ${JSON.stringify(made)}`);
  return made;
}
