import { z } from 'zod';
import { job } from '../platform/jobs/job.ts';

/** Recurring: writes what events sold in completed minutes. */
export const recordSaleMinutesJob = job({
  name: 'sales.record_minutes',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});
