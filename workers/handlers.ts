import { purgeEndedAccess } from '../src/access/index.ts';
import { clearPictures, indexEvents } from '../src/catalog/index.ts';
import type { Config } from '../src/config.ts';
import { purgeCdn } from '../src/http/public-cache/cdn-purge-call.ts';
import { recordSaleMinutes } from '../src/desk/index.ts';
import { createPacedCheck } from '../src/invariants.ts';
import type { jobs } from '../src/jobs.ts';
import {
  type SendDeliveryDeps,
  type SendWebhooksDeps,
  createPaidLooks,
  giveWebhookTurns,
  makeReminders,
  notifyBuyer,
  notifyOrder,
  notifyOwners,
  notifyStaff,
  notifyTakenBack,
  notifyUnpaid,
  pollTemplates,
  purgeMessages,
  purgeWebhooks,
  recoverDeliveries,
  remindOfPayments,
  sendAnnouncement,
  sendDelivery,
  sendWebhooksOf,
  submitTemplates,
  tellHoldersOfEvent,
} from '../src/notifications/index.ts';
import { type deliverySend, reminderSend, ticketsSend } from '../src/notifications/jobs.ts';
import { orderPaid } from '../src/orders/jobs.ts';
import { type OfferDeps, expireHolds, indexOrders, offerPlaces } from '../src/orders/index.ts';
import { type PaymentHandlerDeps, paymentHandlers, settleCallback } from '../src/payments/index.ts';
import type { Db } from '../src/platform/database/db.ts';
import { eachAlone } from '../src/platform/jobs/each-alone.ts';
import { type MakeReportDeps, maintainReports, makeNextReport } from '../src/reports/index.ts';
import type { InPlaceActs } from './running/run-in-place.ts';
import type { Handlers } from './running/run-job.ts';

export type HandlerDeps = SendDeliveryDeps &
  SendWebhooksDeps &
  PaymentHandlerDeps &
  MakeReportDeps &
  OfferDeps & {
    /** A pool of its own with more time, because the invariants read whole tables. */
    readonly auditDb: Db;
    /** Another one, for counts of whole events. */
    readonly countsDb: Db;
    readonly config: Pick<
      Config,
      'CDN_PURGE_URL' | 'CDN_PURGE_TOKEN' | 'WHATSAPP_GRAPH_URL' | 'WHATSAPP_GRAPH_VERSION' | 'ENCRYPTION_KEY'
    >;
  };

/** The act of each job, one line each. A missing or a surplus one does not compile. */
export function createHandlers(deps: HandlerDeps): Handlers<typeof jobs> {
  const paidLooks = createPaidLooks();
  return {
    // order.placed, order.closing, payment.*, payments.*: the room names its own acts.
    ...paymentHandlers(deps),
    'order.paid': (order) => notifyOrder(deps, 'tickets', order),
    'orders.paid': (orders) => notifyPaid(deps, orders),
    'order.cancelled': (order) => notifyTakenBack(deps, 'order_cancelled', order),
    'order.refunded': (order) => notifyTakenBack(deps, 'order_refunded', order),
    'order.refund_done': (order) => notifyOrder(deps, 'refund_done', order),
    'order.link_requested': (order) => notifyOrder(deps, 'order_link', order),
    'order.found': (order) => notifyOrder(deps, 'order_found', order),
    'orders.unpaid': (orders) => notifyUnpaid(deps, orders),
    'event.tell_holders': (notice) => tellHoldersOfEvent(deps, notice),
    'event.send_announcement': (announcement) => sendAnnouncement(deps, announcement),
    'staff.invited': (token) => notifyStaff(deps, 'staff_invitation', token),
    'staff.password_reset': (token) => notifyStaff(deps, 'staff_password_reset', token),
    'buyer.verification_requested': (verification) => notifyBuyer(deps, verification),
    'delivery.send': (delivery, { signal }) => sendDelivery(deps, delivery, signal),
    'delivery.send_tickets': (delivery, { signal }) => sendDelivery(deps, delivery, signal),
    'deliveries.send_tickets': (deliveries, { signal }) => sendEach(deps, ticketsSend, deliveries, signal),
    'delivery.send_reminder': (delivery, { signal }) => sendDelivery(deps, delivery, signal),
    'deliveries.send_reminders': (deliveries, { signal }) => sendEach(deps, reminderSend, deliveries, signal),
    'delivery.send_announcement': (delivery, { signal }) => sendDelivery(deps, delivery, signal),
    'notifications.recover': () => recoverDeliveries(deps, paidLooks),
    'sender.submit_templates': (sender, { signal }) => submitTemplates(deps, sender, signal),
    'notifications.poll_templates': (_, { signal }) => pollTemplates(deps, signal),
    'notifications.make_reminders': async () => void (await makeReminders({ ...deps, db: deps.countsDb })),
    'notifications.remind_of_payments': async () => void (await remindOfPayments(deps)),
    'notifications.purge': () => purgeMessages(deps),
    'sales.record_minutes': () => recordSaleMinutes(deps),
    'report.make': (next, { signal }) => makeNextReport(deps, next, signal),
    'reports.maintain': () => maintainReports(deps),
    'webhooks.give_turns': () => giveWebhookTurns(deps),
    'webhooks.send': (turn, { signal }) => sendWebhooksOf(deps, turn, signal),
    'webhooks.disabled': (endpoint) => notifyOwners(deps, endpoint),
    'webhooks.purge': () => purgeWebhooks(deps),
    'catalog.clear_pictures': () => clearPictures(deps),
    'catalog.index_events': () => indexEvents(deps),
    'orders.expire_holds': () => expireHolds(deps),
    'orders.offer_places': () => offerPlaces(deps),
    'orders.index_search': () => indexOrders(deps),
    'cdn.purge': (purge, { signal }) => purgeCdn(deps, purge, signal),
    'access.purge': () => purgeEndedAccess(deps),
    'invariants.check': createPacedCheck({ db: deps.auditDb, log: deps.log }),
  };
}

/** Jobs that each order brings. The relay's own process tries them first, many at once. */
const inPlace = [
  'order.placed',
  'orders.placed',
  'payment.apply_callbacks',
  'order.paid',
  'orders.paid',
  'order.cancelled',
  'order.refunded',
  'order.closing',
  'orders.unpaid',
  'payment.check_attempt',
  'delivery.send',
  'delivery.send_tickets',
  'deliveries.send_tickets',
  'delivery.send_reminder',
  'deliveries.send_reminders',
] as const satisfies readonly (keyof typeof jobs)[];

/** The first tries in the process of the relay: the same acts, except that a callback may have to go to the queue. */
export function createInPlaceActs(deps: HandlerDeps, handlers: Handlers<typeof jobs>): InPlaceActs<typeof jobs> {
  return {
    ...Object.fromEntries(inPlace.map((name) => [name, handlers[name]])),
    'payment.apply_callback': (callback: { callbackId: string }) => settleCallback(deps, callback),
  };
}

type OrdersRef = { readonly eventId: string; readonly orderIds: readonly string[] };

function notifyPaid(deps: HandlerDeps, { eventId, orderIds }: OrdersRef): Promise<void> {
  const orders = orderIds.map((orderId) => ({ eventId, orderId }));
  return eachAlone(deps, orderPaid, orders, (order) => notifyOrder(deps, 'tickets', order));
}

type DeliveriesRef = { readonly eventId: string; readonly deliveryIds: readonly string[] };

function sendEach(
  deps: HandlerDeps,
  contract: typeof deliverySend,
  { eventId, deliveryIds }: DeliveriesRef,
  signal: AbortSignal,
): Promise<void> {
  const deliveries = deliveryIds.map((deliveryId) => ({ deliveryId, eventId }));
  return eachAlone(deps, contract, deliveries, (delivery) => sendDelivery(deps, delivery, signal));
}

const minute = 60;
const day = 24 * 60 * minute;

/** How often the recurring jobs run, in seconds. */
export const recurring: { readonly [Name in keyof typeof jobs]?: number } = {
  'orders.expire_holds': 2,
  'orders.offer_places': 5,
  'orders.index_search': 5,
  'payments.reconcile': 10,
  'notifications.recover': 20,
  'notifications.poll_templates': minute,
  'notifications.make_reminders': minute,
  'notifications.remind_of_payments': 15,
  // Messages that people wrote are gone within the hour after their thirty days.
  'notifications.purge': 30 * minute,
  'webhooks.give_turns': 1,
  'webhooks.purge': 60 * minute,
  'catalog.index_events': minute,
  'catalog.clear_pictures': 10 * minute,
  'sales.record_minutes': 20,
  'reports.maintain': 15,
  'invariants.check': 15 * minute,
  'payments.maintain': day,
  // Addresses of buyers whose verification has ended are gone soon after.
  'access.purge': 5 * minute,
};
