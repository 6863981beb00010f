import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { itemsOfJobMax, job } from '../platform/jobs/job.ts';

const orderRef = z.strictObject({
  eventId: z.string().regex(idPatterns.event),
  orderId: z.string().regex(idPatterns.order),
});

/** Facts of this room. `workers/handlers.ts` names the acts that follow them. */
export const orderPlaced = job({
  name: 'order.placed',
  payload: orderRef,
  queue: 'payments',
  attempts: 8,
  timeoutMs: 30_000,
});
/** Orders of one event that share a job. */
const together = {
  payload: z.strictObject({
    eventId: z.string().regex(idPatterns.event),
    orderIds: z.array(z.string().regex(idPatterns.order)).min(1).max(itemsOfJobMax),
  }),
  itemsMax: itemsOfJobMax,
} as const;

/** Orders that were placed together. `place_orders` stages it under this name. */
export const ordersPlaced = job({ ...orderPlaced, ...together, name: 'orders.placed' });
export const orderClosing = job({
  name: 'order.closing',
  payload: orderRef,
  queue: 'closings',
  attempts: 20,
  timeoutMs: 30_000,
});
export const orderPaid = job({
  name: 'order.paid',
  payload: orderRef,
  queue: 'tickets',
  attempts: 10,
  timeoutMs: 15_000,
});
/** Free orders that were placed together. `place_orders` stages it under this name. */
export const ordersPaid = job({ ...orderPaid, ...together, name: 'orders.paid' });
export const orderCancelled = job({
  name: 'order.cancelled',
  payload: orderRef,
  queue: 'notifications',
  attempts: 10,
  timeoutMs: 15_000,
});
export const orderRefunded = job({
  name: 'order.refunded',
  payload: orderRef,
  queue: 'notifications',
  attempts: 10,
  timeoutMs: 15_000,
});
/** A buyer asks for the link to an order again. */
export const orderLinkRequested = job({
  name: 'order.link_requested',
  payload: orderRef,
  queue: 'notifications',
  attempts: 5,
  timeoutMs: 15_000,
});
/** The link without an order code. The order is paid, and the message goes to its own addresses. */
export const orderFound = job({
  name: 'order.found',
  payload: orderRef,
  queue: 'notifications',
  attempts: 5,
  timeoutMs: 15_000,
});
/**
 * Orders of an event can be paid since a minute ago, and their buyers may have lost the page. `record_made_attempts`
 * stages one job for all orders of its call, and `instructionsReady` one for a single order. Most orders of a rush are
 * paid by then, and get their tickets instead of this message.
 */
export const ordersUnpaid = job({
  name: 'orders.unpaid',
  payload: z.strictObject({
    eventId: z.string().regex(idPatterns.event),
    // The most orders of one call of `record_made_attempts`.
    orderIds: z.array(z.string().regex(idPatterns.order)).min(1).max(100),
  }),
  queue: 'reminders',
  attempts: 5,
  timeoutMs: 15_000,
});
/** As in `drizzle/functions/payments/record_made_attempts.sql`. */
export const unpaidNoticeSeconds = 60;

/** Recurring: adds orders to the search of the desk. */
export const indexOrdersJob = job({
  name: 'orders.index_search',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});

/** Recurring: ends holds whose time is over, a bounded number per run. */
export const expireHolds = job({
  name: 'orders.expire_holds',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});

/** Recurring: offers returned places to the people who wait for them. */
export const offerPlacesJob = job({
  name: 'orders.offer_places',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 60_000,
});
