import type { Report } from '../tables.ts';

/** A report as the API shows it. */
export function presentReport(report: Report) {
  return {
    id: report.id,
    kind: report.kind,
    format: report.format,
    eventId: report.eventId,
    filters: report.filters,
    scheduleId: report.scheduleId,
    status: report.status,
    rows: report.rows,
    bytes: report.bytes,
    failure: report.failure,
    createdAt: report.createdAt.toISOString(),
    startedAt: report.startedAt?.toISOString() ?? null,
    finishedAt: report.finishedAt?.toISOString() ?? null,
    expiresAt: report.expiresAt?.toISOString() ?? null,
  };
}
