import type { Db } from '../platform/database/db.ts';
import type { PaymentView } from './schemas.ts';
import type { Order } from './tables.ts';

/** What this room needs from higher rooms. `src/compose.ts` passes the functions in. */

export type { PaymentView } from './schemas.ts';

/** An order's payment, as its buyer sees it. */
export type PaymentOf = (db: Db, order: Order) => Promise<PaymentView>;

/**
 * Refunds a paid order in full and revokes its tickets, in the caller's transaction, which holds the order's lock. Safe
 * to repeat while the first request is under way.
 */
export type RequestFullRefund = (tx: Db, order: Order, reason: 'buyer_cancelled' | 'requested') => Promise<unknown>;

/** The fees that gateways keep of the payments for an event, in minor units of its currency. */
export type GatewayFeesOf = (db: Db, event: { readonly id: string; readonly currency: string }) => Promise<number>;

/** Whether a ticket of the order has been used at the door. */
export type HasAdmissions = (db: Db, eventId: string, orderId: string) => Promise<boolean>;

/** Called in the transaction that corrected the address of an order. Its messages go to the new address. */
export type BuyerCorrected = (tx: Db, order: { readonly eventId: string; readonly id: string }) => Promise<void>;

/**
 * Called in the transaction that gave a ticket to somebody. The new and the previous holder are told. False if the new
 * holder was sent enough tickets lately, so the link would not reach them.
 */
export type TicketTransferred = (
  tx: Db,
  transfer: {
    readonly eventId: string;
    readonly organizerId: string;
    readonly ticketId: string;
    readonly number: number;
    readonly holderKey: string;
    readonly giverKey: string;
  },
) => Promise<boolean>;

/**
 * Called in a transaction that changed an entry of a waiting list. Its person gets a mail. Resolves to false if the
 * address was sent enough mails and gets none.
 */
export type TellWaiting = (
  tx: Db,
  message: {
    readonly template: 'waiting_confirm' | 'places_offered';
    readonly eventId: string;
    readonly organizerId: string;
    readonly entryId: string;
    readonly recipientKey: string;
  },
) => Promise<boolean>;

/** Counts look-ups by a key that does not reveal whether the order exists. */
export type LookupLimiter = {
  consume(key: string): Promise<{ readonly allowed: boolean; readonly retryAfterSeconds: number }>;
};

/**
 * Verifies the header `Queue-Pass`. The placement call checks the rest: that the pass is not spent and that its account is the
 * buyer's.
 */
export type ReadPass = (
  eventId: string,
  header: string,
) => { readonly placeIndex: number; readonly accountKey: string } | 'invalid';

/** Whether the event's waiting room is open, from memory: a cheap first refusal. Postgres decides. */
export type IsPassNeeded = (eventId: string) => boolean;
