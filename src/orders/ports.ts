import type { Db } from '../platform/database/db.ts';
import type { PaymentView } from './schemas.ts';
import type { Order } from './tables.ts';

/** What this room asks of rooms that it does not know; the composition root joins them. */

export type { PaymentView } from './schemas.ts';

/** What to show of an order's payment. */
export type PaymentOf = (db: Db, order: Order) => Promise<PaymentView>;

/**
 * Gives back all money of a paid order and takes its tickets back, in the caller's transaction, which holds the order's
 * lock. Safe to ask again while the first request is under way.
 */
export type RequestFullRefund = (tx: Db, order: Order, reason: 'buyer_cancelled' | 'requested') => Promise<unknown>;

/** What gateways keep of what buyers paid for an event, in minor units of its currency. */
export type GatewayFeesOf = (db: Db, event: { readonly id: string; readonly currency: string }) => Promise<number>;

/** Whether a ticket of the order has been used at the door. */
export type HasAdmissions = (db: Db, eventId: string, orderId: string) => Promise<boolean>;

/** Counts by a key that says nothing of whether there is anything to find. */
export type LookupLimiter = {
  consume(key: string): Promise<{ readonly allowed: boolean; readonly retryAfterSeconds: number }>;
};

/**
 * What orders ask the waiting room, which stands beside them: given to them where the service is composed.
 *
 * `readPass` verifies the header `Queue-Pass`; what else must be true of it (not spent, its account the buyer's) is
 * decided with the order. `isPassNeeded` is what the process remembers, to refuse cheaply; Postgres decides.
 */
export type ReadPass = (
  eventId: string,
  header: string,
) => { readonly placeIndex: number; readonly accountKey: string } | 'invalid';

export type IsPassNeeded = (eventId: string) => boolean;
