import { counter, histogram } from '../platform/metrics.ts';
import type { NewDelivery } from './deliveries/queue-queries.ts';

const seconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

/**
 * result: accepted, later, failed, unknown, suppressed, gave_up; compose_fault, send_fault, database for our own
 * faults.
 */
export const deliveriesSent = counter('deliveries_total', 'Attempts to send, by result', [
  'template',
  'channel',
  'result',
]);
/** result: as the sender's plug-in answers. */
export const alertMessages = counter('alert_messages_total', 'Alerts to operators by WhatsApp, by result', ['result']);
/** share: the cap that held the message back (`caps.ts`). */
const deliveriesCapped = counter(
  'deliveries_capped_total',
  'Messages held back because their recipient got enough within the hour',
  ['channel', 'share'],
);
export const deliverySeconds = histogram(
  'delivery_seconds',
  'Time from recording a delivery to its acceptance by the provider',
  ['template', 'channel'],
  seconds,
);
export const deliveryStatusesReported = counter('delivery_statuses_total', 'Statuses that providers reported', [
  'status',
]);
export const senderFailures = counter('sender_failures_total', 'Senders taken out of use: somebody must look', [
  'action',
]);

/** answer: accepted, not_sent, later, recipient, message, sender, unknown. */
export const senderAnswers = counter('sender_answers_total', 'Answers of WhatsApp providers to a message', [
  'kind',
  'answer',
]);
export const inboundReceived = counter('inbound_messages_total', 'Messages that people wrote to a sender', ['result']);
/** result: read, failed. */
export const templatePolls = counter('template_polls_total', 'Questions to Meta about the templates of a sender', [
  'result',
]);
/** result: taken, refused. */
export const templateSubmissions = counter('template_submissions_total', 'Templates that were submitted to Meta', [
  'result',
]);
export const newsWords = counter('news_words_total', 'STOP and START by reply', ['word']);

/**
 * Counts the deliveries that a cap holds back, and returns the ids of new ones that will be sent. Call after the
 * commit.
 */
export function sendable(added: readonly NewDelivery[]): string[] {
  for (const { channel, cappedBy } of added) {
    if (cappedBy !== null) deliveriesCapped.inc({ channel, share: cappedBy });
  }
  return added.filter(({ cappedBy }) => cappedBy === null).map(({ id }) => id);
}
