import { createLatencies } from '../../generator/latencies.ts';
import { type Measurement, measurementOf } from '../harness/report.ts';

/** What a process that made one report says of it. */
export type MadeReport = {
  readonly rows: number;
  readonly mebibytes: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly peakMiB: number;
  /** Processor time of this process, in seconds. */
  readonly processorSeconds: number;
  /** How late the event loop was, which delays other jobs of the worker. */
  readonly loopLateP99Ms: number;
};

/** Rows per second of one report, and the time that it took, against the report of a tenth. */
export function reportMeasured(format: string, small: MadeReport, large: MadeReport): Measurement {
  const latencies = createLatencies();
  latencies.add(large.seconds * 1000);
  const run = {
    seconds: large.seconds,
    counted: large.rows,
    perSecond: large.rowsPerSecond,
    statuses: {},
    latencies,
    cores: { worker: large.processorSeconds / large.seconds },
  };
  return {
    ...measurementOf(`rows of a report of ${large.rows.toLocaleString('en')} orders, ${format}`, [run]),
    ratio: large.rowsPerSecond / small.rowsPerSecond,
    note: `peak ${large.peakMiB} MiB, ${small.peakMiB} MiB for ${small.rows.toLocaleString('en')} rows; ${large.mebibytes} MiB written; loop late by ${large.loopLateP99Ms} ms (p99)`,
  };
}
