import { purgeAccess, staffInvited, staffPasswordReset, verificationRequested } from './access/jobs.ts';
import { cdnPurgeJob } from './http/public-cache/cdn-purge.ts';
import { clearPicturesJob, eventCancelled, indexEventsJob } from './catalog/jobs.ts';
import { recordSaleMinutesJob } from './desk/jobs.ts';
import { checkInvariantsJob } from './invariants.ts';
import {
  announcementSend,
  deliverySend,
  makeRemindersJob,
  pollTemplatesJob,
  purgeMessagesJob,
  recoverDeliveries,
  remindOfPaymentsJob,
  reminderSend,
  remindersSendTogether,
  sendAnnouncementJob,
  submitTemplatesJob,
  tellHolders,
  ticketsSend,
  ticketsSendTogether,
} from './notifications/jobs.ts';
import { giveWebhookTurns, purgeWebhooks, sendWebhooks, webhookDisabled } from './notifications/webhooks/jobs.ts';
import {
  expireHolds,
  indexOrdersJob,
  offerPlacesJob,
  orderCancelled,
  orderClosing,
  orderFound,
  orderLinkRequested,
  orderPaid,
  orderPlaced,
  orderRefunded,
  ordersPaid,
  ordersPlaced,
  ordersUnpaid,
} from './orders/jobs.ts';
import {
  applyCallbackJob,
  applyCallbacksJob,
  checkAttemptJob,
  createAttemptJob,
  maintainPaymentsJob,
  reconcilePaymentsJob,
  refundDone,
  refundUnknownMoneyJob,
  replaceAttemptJob,
  sendRefundJob,
} from './payments/jobs.ts';
import type { JobContract } from './platform/jobs/job.ts';
import { maintainReportsJob, makeReportJob } from './reports/jobs.ts';

/**
 * Every job contract by its name. `workers/handlers.ts` must have a handler for each: a missing or surplus one does not
 * compile.
 */
export const jobs = {
  'event.cancelled': eventCancelled,
  'catalog.clear_pictures': clearPicturesJob,
  'catalog.index_events': indexEventsJob,
  'order.placed': orderPlaced,
  'orders.placed': ordersPlaced,
  'order.closing': orderClosing,
  'order.paid': orderPaid,
  'orders.paid': ordersPaid,
  'order.cancelled': orderCancelled,
  'order.refunded': orderRefunded,
  'order.refund_done': refundDone,
  'order.link_requested': orderLinkRequested,
  'order.found': orderFound,
  'orders.unpaid': ordersUnpaid,
  'orders.expire_holds': expireHolds,
  'orders.offer_places': offerPlacesJob,
  'orders.index_search': indexOrdersJob,
  'payment.apply_callback': applyCallbackJob,
  'payment.apply_callbacks': applyCallbacksJob,
  'payment.create_attempt': createAttemptJob,
  'payment.replace_attempt': replaceAttemptJob,
  'payment.check_attempt': checkAttemptJob,
  'payment.send_refund': sendRefundJob,
  'payment.refund_unknown_money': refundUnknownMoneyJob,
  'payments.reconcile': reconcilePaymentsJob,
  'payments.maintain': maintainPaymentsJob,
  'event.tell_holders': tellHolders,
  'event.send_announcement': sendAnnouncementJob,
  'delivery.send': deliverySend,
  'delivery.send_announcement': announcementSend,
  'delivery.send_reminder': reminderSend,
  'deliveries.send_reminders': remindersSendTogether,
  'delivery.send_tickets': ticketsSend,
  'deliveries.send_tickets': ticketsSendTogether,
  'notifications.recover': recoverDeliveries,
  'sender.submit_templates': submitTemplatesJob,
  'notifications.poll_templates': pollTemplatesJob,
  'notifications.purge': purgeMessagesJob,
  'notifications.make_reminders': makeRemindersJob,
  'notifications.remind_of_payments': remindOfPaymentsJob,
  'webhooks.give_turns': giveWebhookTurns,
  'webhooks.send': sendWebhooks,
  'webhooks.disabled': webhookDisabled,
  'webhooks.purge': purgeWebhooks,
  'staff.invited': staffInvited,
  'staff.password_reset': staffPasswordReset,
  'buyer.verification_requested': verificationRequested,
  'access.purge': purgeAccess,
  'sales.record_minutes': recordSaleMinutesJob,
  'report.make': makeReportJob,
  'reports.maintain': maintainReportsJob,
  'cdn.purge': cdnPurgeJob,
  'invariants.check': checkInvariantsJob,
} as const;

const namesOf = (...queues: readonly JobContract['queue'][]): string[] =>
  Object.values(jobs).flatMap(({ name, queue }) => (queues.includes(queue) ? [name] : []));

/** The jobs on which the parts of the status document depend. */
export const statusJobNames = { paying: namesOf('callbacks', 'payments'), tickets: namesOf('tickets') };
