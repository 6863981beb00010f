import { z } from 'zod';
import { idPatterns } from '../../platform/ids.ts';
import { job } from '../../platform/jobs/job.ts';

const endpointId = z.string().regex(idPatterns.plain);

/** Recurring: gives a turn to each endpoint that has something to send. */
export const giveWebhookTurns = job({
  name: 'webhooks.give_turns',
  payload: z.strictObject({}),
  queue: 'webhooks',
  attempts: 1,
  timeoutMs: 10_000,
});

/**
 * An endpoint's turn to get its due webhooks. Safe to repeat: a turn that has ended, or was lost and given again, does
 * nothing.
 */
export const sendWebhooks = job({
  name: 'webhooks.send',
  payload: z.strictObject({ endpointId, turn: z.int() }),
  queue: 'webhooks',
  attempts: 5,
  timeoutMs: 60_000,
});

/** An endpoint was disabled because it failed. The organiser's owners get a mail. Safe to repeat. */
export const webhookDisabled = job({
  name: 'webhooks.disabled',
  payload: z.strictObject({ endpointId }),
  queue: 'notifications',
  attempts: 10,
  timeoutMs: 15_000,
});

/** Recurring: deletes expired webhooks and deliveries, and deleted endpoints. */
export const purgeWebhooks = job({
  name: 'webhooks.purge',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});
