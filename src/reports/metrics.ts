import { counter, gauge, histogram } from '../platform/metrics.ts';

const seconds = [1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** result: ready, again (another run follows), failed, lost (cancelled, or taken over by another worker). */
export const reportRuns = counter('report_runs_total', 'Runs of reports by what became of them', [
  'kind',
  'format',
  'result',
]);
export const reportSeconds = histogram(
  'report_seconds',
  'Time from the request of a report to its file',
  ['kind', 'format'],
  seconds,
);
export const reportRows = counter('report_rows_total', 'Rows written into reports', ['kind']);
export const reportsWaiting = gauge('reports_waiting', 'Reports that wait for a worker');
export const reportsOldestSeconds = gauge('reports_oldest_seconds', 'For how long the oldest of them has waited');
