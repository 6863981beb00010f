/**
 * Orders: stock, holds, orders, tickets.
 *
 * Promises
 *  1. For every pool, sold + held + available + blocked = capacity, each >= 0, at every snapshot.
 *  2. One Idempotency-Key makes one order of an event; the key stands on the order's row.
 *  3. An order that was answered 201 is durable.
 *  4. Limits per buyer and network, promo limits and stock are decided in one call, under the event's lane.
 *  5. A hold ends exactly once: paid, expired or cancelled. Its places are given back exactly once.
 *  6. A paid order has exactly the tickets that were paid for and not revoked.
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
 * This room stores nothing in Redis. Every step is one Postgres function that checks the status it expects.
 */
import { limitsChanged, wasOrdered } from './placement/catalog-changes.ts';
import { availabilityOf } from './pools/queries.ts';
import { categoryMoved } from './waiting-list/lines.ts';

export { availabilityOf, categoryMoved, limitsChanged, wasOrdered };
export { eventStockOf } from './pools/queries.ts';
export { eventCalendar } from './tickets/calendar.ts';
export { createEventDirectory } from './placement/event-directory.ts';
export { cancelHolds, expireHolds, releaseHold } from './lifecycle/end-holds.ts';
export { instructionsReady, payOrder, type PayOutcome } from './lifecycle/pay-order.ts';
export { ownEvent, type OwnEvent } from './desk/own-event.ts';
export { salesOf } from './desk/show-sales.ts';
export { lockOrder, lockOwnOrder, addFlag } from './lifecycle/queries.ts';
export type { OrderFlag } from './flags.ts';
export { type OfferDeps, offerPlaces } from './waiting-list/offer-places.ts';
export type { BuyerCorrected, PaymentView, RequestFullRefund, TellWaiting, TicketTransferred } from './ports.ts';
export { createPlacement } from './placement/placement.ts';
export { placeOrder } from './placement/place-order.ts';
export { createSoldOutMemory } from './placement/sold-out-memory.ts';
export { refundOrder } from './lifecycle/refund-order.ts';
export { createWallets } from './wallet/routes.ts';
export { createTicketPrinter } from './tickets/print-tickets.ts';
export { indexOrders } from './search/index-orders.ts';
export { readNearMisses } from './search/near-misses.ts';
export { nameWords, readSearchQuery } from './search/read-query.ts';
export { type TicketCodes, findTicketCodes } from './tickets/codes/change-ticket-codes.ts';
export { type TicketKeys, type WriteCode, createTicketKeys } from './tickets/codes/ticket-keys.ts';
export type { Order } from './tables.ts';

/** The functions that the catalog receives from this room in `compose.ts`. */
export const catalogPorts = { availabilityOf, categoryMoved, limitsChanged, wasOrdered };
