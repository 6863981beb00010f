import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { openDb } from '../../../src/platform/database/db.ts';
import { readFromPrimary } from '../../../src/platform/database/replica.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createDiskStorage } from '../../../src/platform/files/disk-storage.ts';
import { makeNextReport } from '../../../src/reports/index.ts';
import { reports } from '../../../src/reports/tables.ts';
import { eq } from 'drizzle-orm';
import { peakMemoryMiB } from '../harness/processors.ts';
import type { MadeReport } from './made-report.ts';

/** A process that makes one report as a worker does, and reports its cost. */

export type ReportToMake = {
  readonly databaseUrl: string;
  readonly organizerId: string;
  readonly eventId: string;
  readonly format: 'csv' | 'xlsx';
  readonly folder: string;
};

const hourMs = 3_600_000;

async function make(task: ReportToMake): Promise<MadeReport> {
  const timeouts = { acquireTimeoutMs: 20_000, callTimeoutMs: 20_000 };
  const open = openDb({ url: task.databaseUrl, name: 'reports', poolSize: 2, prepare: false, ...timeouts });
  const id = newId('rpt');
  const { organizerId, eventId, format } = task;
  await open.db.insert(reports).values({ id, organizerId, eventId, kind: 'orders', format, requestedBy: 'bench' });
  const late = monitorEventLoopDelay({ resolution: 10 });
  late.enable();
  const started = performance.now();
  await makeNextReport(
    {
      db: open.db,
      reportSource: readFromPrimary(open.db),
      fileStorage: createDiskStorage(task.folder),
      log: createLog({ level: 'warn', process: 'bench' }),
      notifyRequester: () => Promise.resolve(),
    },
    { organizerId },
    AbortSignal.timeout(hourMs),
  );
  const seconds = (performance.now() - started) / 1000;
  late.disable();
  const [report] = await open.db.select().from(reports).where(eq(reports.id, id));
  await open.close();
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const rows = report?.status === 'ready' ? report.rows : 0;
  return {
    rows,
    mebibytes: Math.round((report?.bytes ?? 0) / 2 ** 20),
    seconds: Number(seconds.toFixed(1)),
    rowsPerSecond: Math.round(rows / seconds),
    // Not `maxRSS`, in which a process inherits the peak of its parent.
    peakMiB: peakMemoryMiB(process.pid),
    processorSeconds: Number(((userCPUTime + systemCPUTime) / 1e6).toFixed(1)),
    loopLateP99Ms: Math.round(late.percentile(99) / 1e6),
  };
}

process.once('message', (task: ReportToMake) => {
  make(task).then(
    (made) => process.send?.(made),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
