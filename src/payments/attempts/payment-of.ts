import type { Order, PaymentView } from '../../orders/index.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { findCurrentAttempt } from './queries.ts';
import { gatewayOf } from '../gateways/all-gateways.ts';
import type { Attempt } from '../tables.ts';
import type { AttemptStatus } from '../vocabulary.ts';
import { withoutUndefined } from '../../platform/without-undefined.ts';

const statuses: Readonly<Record<AttemptStatus, PaymentView['status']>> = {
  creating: 'creating',
  unknown: 'creating',
  pending: 'pending',
  authorized: 'pending',
  review: 'review',
  captured: 'paid',
  settled: 'paid',
  denied: 'failed',
  failed: 'failed',
  cancelled: 'failed',
  voided: 'failed',
  reversed: 'failed',
  charged_back: 'failed',
  expired: 'expired',
  refunded: 'refunded',
  partially_refunded: 'partially_refunded',
};

/** The payment of an order as its buyer sees it: the attempt that can be paid now, or the outcome of the last one. */
export async function paymentOf(db: Db, order: Order): Promise<PaymentView> {
  if (order.total === 0) return { status: 'none', method: 'none' };
  const attempt = await findCurrentAttempt(db, order.id);
  if (attempt === undefined) {
    return { status: order.status === 'pending_payment' ? 'creating' : 'expired', method: 'any' };
  }
  return presentAttempt(attempt, order);
}

function presentAttempt(attempt: Attempt, order: Order): PaymentView {
  const { replaceBy, vaNumber, bank, billKey, billerCode, qrString } = attempt.instructions;
  const isPayable = attempt.status === 'pending' && order.status === 'pending_payment';
  if (replaceBy !== undefined && isPayable) return { status: 'creating', method: replaceBy };
  const ends = [order.expiresAt, ...(attempt.expiresAt === null ? [] : [attempt.expiresAt])];
  return {
    // Money that fits nothing is not a payment. A person looks at it.
    status: attempt.failure?.startsWith('wrong_') === true ? 'review' : statuses[attempt.status],
    method: attempt.method,
    ...(isPayable && attempt.redirectUrl !== null ? { redirectUrl: attempt.redirectUrl } : {}),
    ...(isPayable ? withoutUndefined({ vaNumber, bank, billKey, billerCode, qrString }) : {}),
    ...(canChoose(attempt, order) ? { methods: methodsOf(attempt, order) } : {}),
    ...(attempt.refunded > 0 ? { refunded: contractMoney(attempt.refunded, order.currency) } : {}),
    ...(isPayable ? { expiresAt: new Date(Math.min(...ends.map((end) => end.getTime()))).toISOString() } : {}),
  };
}

/** A payment that is under review or being made is left alone. */
function canChoose({ status }: Attempt, order: Order): boolean {
  if (order.status !== 'pending_payment') return false;
  return status === 'pending' || statuses[status] === 'failed' || status === 'expired';
}

/**
 * The methods that fit the amount and the remaining time, by the names that `choosePayment` takes. The time is ours and
 * for display only: `choosePayment` decides by Postgres' time.
 */
function methodsOf(attempt: Attempt, order: Order): string[] {
  const gateway = gatewayOf(attempt);
  const wanted = { minutes: (order.expiresAt.getTime() - systemClock.now().getTime()) / 60_000, amount: order.total };
  return gateway.methods.filter((method) => gateway.methodsFor(wanted, method).length > 0);
}
