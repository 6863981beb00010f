import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { job } from '../platform/job.ts';

/** Sends one delivery. Safe to repeat: the row says whether there is still something to send. */
export const deliverySend = job({
  name: 'delivery.send',
  payload: z.strictObject({ deliveryId: z.string().regex(idPatterns.plain) }),
  queue: 'notifications',
  attempts: 10,
  timeoutMs: 30_000,
});

/** Recurring: finds deliveries that are stuck and paid orders that have none. */
export const recoverDeliveries = job({
  name: 'notifications.recover',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});
