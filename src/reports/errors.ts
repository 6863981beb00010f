import { refusalsOf } from '../platform/errors.ts';

export const reportProblems = {
  'report.not_found': { status: 404, title: 'Report not found' },
  'report.limit_reached': { status: 409, title: 'Too many waiting reports' },
  'report.not_ready': { status: 409, title: 'Report not ready' },
  'report.ended': { status: 409, title: 'Report has ended' },
  'report.expired': { status: 410, title: 'File deleted' },
  'report.link_expired': { status: 410, title: 'Link expired' },
  'report_schedule.not_found': { status: 404, title: 'Schedule not found' },
  'report_schedule.limit_reached': { status: 409, title: 'Too many schedules' },
} as const;

export type ReportErrorCode = keyof typeof reportProblems;

const { refusal } = refusalsOf<ReportErrorCode>();

/** One answer for a report that does not exist, another organizer's, and a link that nobody made. */
export const reportNotFound = () => refusal('report.not_found', 'There is no such report.');

export const reportLimitReached = (max: number) =>
  refusal('report.limit_reached', `${max} reports wait already; wait for one, or cancel one.`, { max });

export const reportNotReady = (status: string) =>
  refusal('report.not_ready', 'This report has no file yet, or none any more; see status.', { status });

export const reportEnded = (status: string) =>
  refusal('report.ended', 'This report has ended and can no longer be cancelled.', { status });

export const reportExpired = () =>
  refusal('report.expired', 'The file of this report has expired and was deleted; request a new report.');

export const linkExpired = () => refusal('report.link_expired', 'This link has expired; request a new one.');

export const scheduleNotFound = () => refusal('report_schedule.not_found', 'There is no such schedule.');

export const scheduleLimitReached = (max: number) =>
  refusal('report_schedule.limit_reached', `The limit of ${max} schedules is reached; end one first.`, { max });
