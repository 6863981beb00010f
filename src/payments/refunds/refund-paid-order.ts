import { type Order, type RequestFullRefund, refundOrder } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { isEventAhead } from '../order-queries.ts';
import { findAttempts } from '../attempts/queries.ts';
import { earned } from '../ledger/ledger.ts';
import { balancesOf } from '../ledger/queries.ts';
import { openRefund } from './open-refund.ts';
import type { Attempt, Refund } from '../tables.ts';
import type { RefundReason } from '../vocabulary.ts';

/** Money of the order that can still be refunded, by attempt. */
export type RefundSource = { readonly attempt: Attempt; readonly amount: number };

export async function refundSources(tx: Db, order: Order): Promise<RefundSource[]> {
  const sources: RefundSource[] = [];
  for (const attempt of await findAttempts(tx, order)) {
    if (attempt.received === 0) continue;
    const amount = Math.min(earned(await balancesOf(tx, attempt)), attempt.received - attempt.refunded);
    if (amount > 0) sources.push({ attempt, amount });
  }
  return sources;
}

export type RefundTerms = {
  readonly reason: RefundReason;
  readonly requestedBy: string;
  /** Whether the places go on sale again. */
  readonly restock: boolean;
  /** Tickets to revoke; all if left out. */
  readonly ticketIds?: readonly string[];
  readonly idempotencyKeyHash?: Buffer;
};

/**
 * Refunds an amount of a paid order, from its attempts in order, and revokes tickets, in the caller's transaction that
 * holds the order's lock.
 */
export async function refundFromSources(
  tx: Db,
  order: Order,
  sources: readonly RefundSource[],
  amount: number,
  terms: RefundTerms,
): Promise<Refund[]> {
  const refunds: Refund[] = [];
  let left = amount;
  for (const source of sources) {
    const part = Math.min(left, source.amount);
    if (part <= 0) break;
    const { restock: _, ...rest } = terms;
    refunds.push(await openRefund(tx, { order, attempt: source.attempt, amount: part, money: 'earned', ...rest }));
    left -= part;
  }
  const refundable = sources.reduce((sum, source) => sum + source.amount, 0);
  await refundOrder(tx, order, {
    restock: terms.restock,
    reason: terms.reason,
    as: amount < refundable ? 'partially_refunded' : 'refunded',
    ...(terms.ticketIds === undefined ? {} : { ticketIds: terms.ticketIds }),
  });
  return refunds;
}

/**
 * Refunds the rest of a paid order and revokes all its tickets, in the caller's transaction that holds the order's lock. A
 * repetition refunds nothing more.
 */
export async function refundPaidOrder(tx: Db, order: Order, terms: Omit<RefundTerms, 'ticketIds'>): Promise<Refund[]> {
  if (order.status !== 'paid' && order.status !== 'partially_refunded') return [];
  const sources = await refundSources(tx, order);
  const amount = sources.reduce((sum, source) => sum + source.amount, 0);
  return refundFromSources(tx, order, sources, amount, terms);
}

/** The orders room's port: refunds a paid order in full. Its places go on sale again while the event is ahead. */
export const requestFullRefund: RequestFullRefund = async (tx, order, reason) => {
  const restock = await isEventAhead(tx, order.eventId);
  await refundPaidOrder(tx, order, { reason, requestedBy: reason, restock });
};
