import type { Order } from '../../orders/index.ts';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { sendRefundJob } from '../jobs.ts';
import { refundDuePosting } from '../ledger/ledger.ts';
import { balancesOf, post } from '../ledger/queries.ts';
import { refundsEnded } from '../metrics.ts';
import { gatewayOf } from '../gateways/gateway-of.ts';
import { takesMoney } from '../gateways/gateway-plugin.ts';
import { insertRefund } from './queries.ts';
import type { Attempt, Refund } from '../tables.ts';
import { reopenTask } from '../tasks/queries.ts';
import type { RefundReason } from '../vocabulary.ts';

export type RefundWish = {
  readonly order: Order;
  readonly attempt: Attempt;
  readonly amount: number;
  readonly reason: RefundReason;
  readonly requestedBy: string;
  /** `earned`: it becomes owed by this. `owed`: it has been owed since it came. */
  readonly money: 'earned' | 'owed';
  readonly ticketIds?: readonly string[];
  readonly idempotency?: { readonly keyHash: Buffer; readonly fingerprint: Buffer };
};

/**
 * Decides that money goes back, in the caller's transaction that holds the order's lock. Where the gateway has no refund
 * by API, a task names the person's work instead.
 */
export async function openRefund(tx: Db, wish: RefundWish): Promise<Refund> {
  const { attempt, amount, order } = wish;
  const id = newId('rfd');
  const byHand = mustBeByHand(attempt, amount);
  const refund = await insertRefund(tx, {
    eventId: order.eventId,
    id,
    orderId: order.id,
    attemptId: attempt.id,
    organizerId: order.organizerId,
    amount,
    currency: attempt.currency,
    reason: wish.reason,
    status: byHand ? 'manual_required' : 'requested',
    gatewayRefundKey: id,
    requestedBy: wish.requestedBy,
    ...(wish.ticketIds === undefined ? {} : { ticketIds: [...wish.ticketIds] }),
    ...(wish.idempotency === undefined
      ? {}
      : { idempotencyKeyHash: wish.idempotency.keyHash, fingerprint: wish.idempotency.fingerprint }),
  });
  if (wish.money === 'earned') {
    await post(tx, attempt, `${id}:due`, refundDuePosting(await balancesOf(tx, attempt), amount));
  }
  afterCommit(tx, () => refundsEnded.inc({ status: refund.status }));
  if (byHand) await nameManualRefund(tx, refund, attempt);
  else await stage(tx, sendRefundJob, { eventId: order.eventId, refundId: id });
  return refund;
}

/** A person pays it back, from the organiser's own account. */
export async function nameManualRefund(tx: Db, refund: Refund, attempt: Attempt): Promise<void> {
  await reopenTask(tx, attempt, {
    kind: 'refund_manual',
    subjectId: refund.id,
    detail: { amount: refund.amount, currency: refund.currency, method: attempt.method, reason: refund.reason },
  });
}

function mustBeByHand(attempt: Attempt, amount: number): boolean {
  return !canRefundByApi(attempt, { amount, currency: attempt.currency });
}

/**
 * Whether the gateway gives this much of an attempt's money back by API. Where it gives back only the whole, a fee that it
 * keeps makes that more than is the organiser's to give.
 */
export function canRefundByApi(
  attempt: Attempt,
  money: { readonly amount: number; readonly currency: string },
): boolean {
  const gateway = gatewayOf(attempt);
  if (money.currency !== attempt.currency || !takesMoney(gateway, money)) return false;
  const refundability = gateway.refundability(attempt.method);
  return refundability === 'partial' || (refundability === 'full' && money.amount === attempt.received);
}
