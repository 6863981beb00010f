import type { ReportFormat } from './tables.ts';

export const fileExtension = (format: ReportFormat): 'csv' | 'xlsx' => (format === 'xlsx' ? 'xlsx' : 'csv');

/** Each run of a report has a file of its own, so that a worker taken for dead cannot spoil its successor's. */
export function fileKey(
  report: { readonly organizerId: string; readonly id: string; readonly format: ReportFormat },
  run: number,
): string {
  return `reports/${report.organizerId}/${report.id}-${run}.${fileExtension(report.format)}`;
}
