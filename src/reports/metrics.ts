import { counter, gauge, histogram } from '../platform/metrics.ts';

const seconds = [1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** result: ready, again (another run follows), failed, lost (cancelled, or taken over by another worker). */
export const reportRuns = counter('report_runs_total', 'Runs of reports by result', ['kind', 'format', 'result']);
export const reportSeconds = histogram(
  'report_seconds',
  'Time from the request of a report to its file',
  ['kind', 'format'],
  seconds,
);
export const reportRows = counter('report_rows_total', 'Rows written into reports', ['kind']);
const reportsWaiting = gauge('reports_waiting', 'Reports that wait for a worker');
const reportsOldestSeconds = gauge('reports_oldest_seconds', 'For how long the oldest of them has waited');

const forgottenAfterMs = 60_000;
let forgetting: NodeJS.Timeout | undefined;

/** Only the process that looked last reports, so that no old observation is repeated. */
export function noteWaiting({ waiting, oldestSeconds }: { waiting: number; oldestSeconds: number }): void {
  reportsWaiting.set(waiting);
  reportsOldestSeconds.set(oldestSeconds);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    reportsWaiting.set(0);
    reportsOldestSeconds.set(0);
  }, forgottenAfterMs).unref();
}
