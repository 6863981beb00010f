import { sql } from 'drizzle-orm';
import { tellChange } from '../../platform/changes.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, afterCommit, rowsOf } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { orderCancelled, orderRefunded } from '../jobs.ts';
import type { Order } from '../tables.ts';

export type RefundOrderOptions = {
  /** Tickets to revoke; all if left out; none if empty (only money goes back). */
  readonly ticketIds?: readonly string[];
  /** Whether the places go on sale again; otherwise they are blocked. */
  readonly restock: boolean;
  /**
   * The status of the order once it has no live ticket: `cancelled` if the money never stayed (reversal, void),
   * `partially_refunded` if a part of it stays.
   */
  readonly as?: 'refunded' | 'cancelled' | 'partially_refunded';
  /** The reason. `buyer_cancelled` (of a free order) and `event_cancelled` send no message for the single order. */
  readonly reason: string;
};

/**
 * Revokes tickets of a paid order. An order without live tickets becomes refunded (or as `options.as` says), otherwise
 * partially_refunded. The buyer gets a message, with two exceptions: a buyer who cancelled a free order knows already,
 * and a cancelled event has a notice of its own.
 * @returns the new status, or undefined if the order was not paid
 */
export async function refundOrder(tx: Db, order: Order, options: RefundOrderOptions): Promise<string | undefined> {
  const { eventId, id: orderId } = order;
  const { as = 'refunded', reason, restock } = options;
  const ids = options.ticketIds === undefined ? null : arrayText(options.ticketIds);
  const [row] = await rowsOf<{ status: string | null }>(
    tx,
    sql`select revoke_tickets(${eventId}, ${orderId}, ${ids}::text[], ${restock}, ${as}, ${reason}) as status`,
  );
  const status = row?.status ?? undefined;
  if (status === undefined) return undefined;
  afterCommit(tx, () => tellChange({ eventId, orders: [{ id: orderId, status }] }));
  const isOwnWish = reason === 'buyer_cancelled' && order.total === 0;
  if (isOwnWish || reason === 'event_cancelled') return status;
  await stage(tx, status === 'cancelled' ? orderCancelled : orderRefunded, { eventId, orderId });
  return status;
}
