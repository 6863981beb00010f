import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { job } from '../platform/jobs/job.ts';

/** Makes the organizer's next report. Safe to repeat: if there is none, or one is being made, it ends at once. */
export const makeReportJob = job({
  name: 'report.make',
  payload: z.strictObject({ organizerId: z.string().regex(idPatterns.plain) }),
  queue: 'reports',
  attempts: 10,
  timeoutMs: 60 * 60_000,
});

/** Recurring: runs due schedules, takes back reports of dead workers, deletes old files. */
export const maintainReportsJob = job({
  name: 'reports.maintain',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});
