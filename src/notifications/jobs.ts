import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { itemsOfJobMax, job } from '../platform/jobs/job.ts';
import type { Template } from './tables.ts';

/** Sends one delivery. Safe to repeat: the row says whether there is still something to send. */
export const deliverySend = job({
  name: 'delivery.send',
  payload: z.strictObject({
    deliveryId: z.string().regex(idPatterns.plain),
    // Keeps one event's flood of messages from holding up another's. Absent for a message about no event.
    eventId: z.string().regex(idPatterns.event).optional(),
  }),
  queue: 'notifications',
  attempts: 10,
  timeoutMs: 30_000,
});

/**
 * Sends the tickets of a paid order, ahead of all other messages. `queue_tickets` stages it under this name with the
 * payment.
 */
export const ticketsSend = job({ ...deliverySend, name: 'delivery.send_tickets', queue: 'tickets' });

/** Deliveries of one event that are sent by one job. */
const together = {
  payload: z.strictObject({
    deliveryIds: z.array(z.string().regex(idPatterns.plain)).min(1).max(itemsOfJobMax),
    eventId: z.string().regex(idPatterns.event),
  }),
  itemsMax: itemsOfJobMax,
} as const;

/** Sends the tickets of orders that were paid together. `queue_tickets` and `queue_deliveries` stage it under this name. */
export const ticketsSendTogether = job({ ...ticketsSend, ...together, name: 'deliveries.send_tickets' });

/**
 * Sends a message that follows from an unpaid order by the clock. A rush causes one for many of its orders, so they have a queue
 * of their own: codes and links, for which people wait at the screen, are not behind them.
 */
export const reminderSend = job({ ...deliverySend, name: 'delivery.send_reminder', queue: 'reminders' });

/** Sends reminders that were queued together. `queue_deliveries` stages it under this name. */
export const remindersSendTogether = job({ ...reminderSend, ...together, name: 'deliveries.send_reminders' });

/**
 * Sends an announcement. Thousands of them have a queue of their own, so that codes and refunds do not wait behind
 * them.
 */
export const announcementSend = job({
  ...deliverySend,
  name: 'delivery.send_announcement',
  queue: 'announcements',
});

const announcementTemplates: readonly Template[] = ['event_practical', 'event_news', 'event_reminder'];
const reminderTemplates: readonly Template[] = ['order_placed', 'payment_expiring'];

/** The job that sends a message. */
export function deliveryJobOf(template: Template): typeof deliverySend {
  if (template === 'tickets') return ticketsSend;
  if (reminderTemplates.includes(template)) return reminderSend;
  return announcementTemplates.includes(template) ? announcementSend : deliverySend;
}

/** The job that sends messages which were queued together; undefined if each has its own. */
export function togetherJobOf(template: Template): typeof ticketsSendTogether | undefined {
  if (template === 'tickets') return ticketsSendTogether;
  return reminderTemplates.includes(template) ? remindersSendTogether : undefined;
}

/** Queues the messages of a confirmed announcement. Safe to repeat: the announcement says how far it got. */
export const sendAnnouncementJob = job({
  name: 'event.send_announcement',
  payload: z.strictObject({
    announcementId: z.string().regex(idPatterns.plain),
    eventId: z.string().regex(idPatterns.event),
  }),
  queue: 'notifications',
  attempts: 20,
  timeoutMs: 60_000,
});

/** Recurring: makes the reminders of events that are due. */
export const makeRemindersJob = job({
  name: 'notifications.make_reminders',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});

/** Recurring: reminds buyers whose time to pay is nearly over. */
export const remindOfPaymentsJob = job({
  name: 'notifications.remind_of_payments',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});

/** Tells the holders of an event that it was called off or moved. Safe to repeat: the notice says how far it got. */
export const tellHolders = job({
  name: 'event.tell_holders',
  payload: z.strictObject({
    noticeId: z.string().regex(idPatterns.plain),
    eventId: z.string().regex(idPatterns.event),
  }),
  queue: 'notifications',
  attempts: 20,
  timeoutMs: 60_000,
});

/** Recurring: finds deliveries that are stuck and paid orders that have none. */
export const recoverDeliveries = job({
  name: 'notifications.recover',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});

/** Recurring: reads from Meta whether the senders' templates are approved. */
export const pollTemplatesJob = job({
  name: 'notifications.poll_templates',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});

/** Recurring: removes expired messages that people wrote to senders. */
export const purgeMessagesJob = job({
  name: 'notifications.purge',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});

/** Submits the texts of an organiser's messages to Meta. Safe to repeat: it starts with the state at Meta. */
export const submitTemplatesJob = job({
  name: 'sender.submit_templates',
  payload: z.strictObject({ senderId: z.string().regex(idPatterns.plain) }),
  queue: 'maintenance',
  attempts: 5,
  timeoutMs: 120_000,
});
