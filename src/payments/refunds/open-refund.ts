import type { Order } from '../../orders/index.ts';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { sendRefundJob } from '../jobs.ts';
import { refundDuePosting } from '../ledger/ledger.ts';
import { balancesOf, post } from '../ledger/queries.ts';
import { refundsEnded } from '../metrics.ts';
import { gatewayOf } from '../gateways/all-gateways.ts';
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
  /** `earned`: the refund turns earned money into owed money. `owed`: the money was owed since it came. */
  readonly money: 'earned' | 'owed';
  readonly ticketIds?: readonly string[];
  readonly idempotencyKeyHash?: Buffer;
};

/**
 * Opens a refund in the caller's transaction, which holds the order's lock. If the gateway has no refund API for it, a task
 * for a person is opened instead.
 */
export async function openRefund(tx: Db, wish: RefundWish): Promise<Refund> {
  const { attempt, amount, order } = wish;
  const id = newId('rfd');
  const byHand = mustBeByHand(attempt, amount);
  const refund = await insertRefund(tx, attempt, {
    id,
    amount,
    reason: wish.reason,
    status: byHand ? 'manual_required' : 'requested',
    gatewayRefundKey: id,
    requestedBy: wish.requestedBy,
    ...(wish.ticketIds === undefined ? {} : { ticketIds: [...wish.ticketIds] }),
    ...(wish.idempotencyKeyHash === undefined ? {} : { idempotencyKeyHash: wish.idempotencyKeyHash }),
  });
  if (wish.money === 'earned') {
    await post(tx, attempt, `${id}:due`, refundDuePosting(await balancesOf(tx, attempt), amount));
  }
  afterCommit(tx, () => refundsEnded.inc({ status: refund.status }));
  if (byHand) await nameManualRefund(tx, refund, attempt);
  else await stage(tx, sendRefundJob, { eventId: order.eventId, refundId: id });
  return refund;
}

/** A person pays it back from the organiser's bank account. */
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
 * Whether the gateway refunds this much of an attempt's money by API. A gateway that can only refund the whole payment
 * would also refund the fee that it keeps, which is not the organiser's money.
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
