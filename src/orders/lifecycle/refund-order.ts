import type { Db } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { orderCancelled, orderRefunded } from '../jobs.ts';
import { callRevokeTickets } from './queries.ts';
import type { Order } from '../tables.ts';

export type RefundOrderOptions = {
  /** Tickets to take back; all of them when left out; none when empty (only money goes back). */
  readonly ticketIds?: readonly string[];
  /** Whether the places go on sale again; otherwise they are blocked. */
  readonly restock: boolean;
  /** `cancelled` when the money never stayed (reversal, void). */
  readonly as?: 'refunded' | 'cancelled';
  /** Why. What the buyer has done to a free order, and what befalls a whole event, is not told order by order. */
  readonly reason: string;
};

/**
 * Takes tickets of a paid order back. An order without live tickets becomes refunded (or cancelled), otherwise
 * partially_refunded. The buyer is told, except of giving free tickets up and of an event that was called off: the one is
 * no news, the other has a notice of its own.
 * @returns the new status, or undefined when the order was not paid
 */
export async function refundOrder(tx: Db, order: Order, options: RefundOrderOptions): Promise<string | undefined> {
  const status = await callRevokeTickets(tx, order, {
    ticketIds: options.ticketIds,
    restock: options.restock,
    status: options.as ?? 'refunded',
    reason: options.reason,
  });
  if (status === null) return undefined;
  const isOwnWish = options.reason === 'buyer_cancelled' && order.total === 0;
  if (isOwnWish || options.reason === 'event_cancelled') return status;
  await stage(tx, status === 'cancelled' ? orderCancelled : orderRefunded, {
    eventId: order.eventId,
    orderId: order.id,
  });
  return status;
}
