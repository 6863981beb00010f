/**
 * Orders: stock, holds, orders, tickets.
 *
 * Promises
 *  1. For every pool, sold + held + available + blocked = capacity, each >= 0, at every snapshot.
 *  2. One Idempotency-Key makes one order of an event; the key stands on the order's row.
 *  3. An order that was answered 201 is durable.
 *  4. Limits per buyer and network, promo limits and stock are decided in one call, under the event's lane.
 *  5. A hold ends exactly once: paid, expired or cancelled; what it held is given back exactly once.
 *  6. A paid order has exactly the tickets that it paid for and that were not taken back.
 *
 * An order's life
 *
 *   placeOrder ---> pending_payment --payOrder--> paid --refundOrder--> partially_refunded --refundOrder--> refunded
 *      | total 0          |                        ^ ^                                                        ^
 *      +--------------------------------------------|-+------------------------- refundOrder -----------------+
 *                         | expireHolds, cancelOrder|
 *                         v                         |
 *                      closing --payOrder-----------+
 *                         | releaseHold             | payOrder (late: places taken again)
 *                         v                         |
 *                expired | cancelled ---------------+
 *
 * Redis holds nothing of this room. Every step is one function of Postgres that states the status it expects.
 */
export { availabilityOf } from './availability.ts';
export { type CalendarEvent, eventCalendar } from './calendar.ts';
export { createEventDirectory, type EventDirectory } from './event-directory.ts';
export { cancelHolds } from './cancel-holds.ts';
export { eventStockOf } from './event-stock.ts';
export { expireHolds } from './expire-holds.ts';
export { instructionsReady } from './instructions-ready.ts';
export { limitsChanged } from './limits-changed.ts';
export { lockOrder } from './lock-order.ts';
export { markAttention } from './mark-attention.ts';
export { payOrder } from './pay-order.ts';
export type { PayOutcome } from './order-life-queries.ts';
export type {
  GatewayFeesOf,
  HasAdmissions,
  LookupLimiter,
  PaymentOf,
  PaymentView,
  RequestFullRefund,
} from './payment-view.ts';
export { type Placement, createPlacement } from './placement.ts';
export { placeOrder } from './place-order.ts';
export type { IsPassNeeded, ReadPass } from './read-pass.ts';
export { type SoldOutMemory, createSoldOutMemory } from './sold-out-memory.ts';
export { refundOrder } from './refund-order.ts';
export { type TicketPrinter, createTicketPrinter } from './print-tickets.ts';
export { releaseHold } from './release-hold.ts';
export { ticketCode } from './present.ts';
export { wasOrdered } from './was-ordered.ts';
export type { Order, OrderLine, OrderStatus, Ticket } from './tables.ts';
