import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { job } from '../platform/jobs/job.ts';

/** An event was cancelled: its holds end and its buyers get their money back. */
export const eventCancelled = job({
  name: 'event.cancelled',
  payload: z.strictObject({ eventId: z.string().regex(idPatterns.event) }),
  queue: 'maintenance',
  attempts: 20,
  timeoutMs: 60_000,
});

/** Recurring: deletes pictures that no event shows. */
export const clearPicturesJob = job({
  name: 'catalog.clear_pictures',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});

/** Recurring: rebuilds search entries of older builds. */
export const indexEventsJob = job({
  name: 'catalog.index_events',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});
