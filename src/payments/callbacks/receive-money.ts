import { type Order, type OrderFlag, type PayOutcome, addFlag, payOrder } from '../../orders/index.ts';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { changeAttempt, checkOpenAttemptNow } from '../attempts/queries.ts';
import { type Receipt, salePosting, unearnedPosting } from '../ledger/ledger.ts';
import { nextPosting, post } from '../ledger/queries.ts';
import { moneyReceived } from '../metrics.ts';
import { openRefund } from '../refunds/open-refund.ts';
import type { Attempt } from '../tables.ts';
import type { RefundReason } from '../vocabulary.ts';

type Unearned = { readonly flag: OrderFlag; readonly reason: RefundReason };

const unearned: Readonly<Record<'underpaid' | 'double' | 'late' | 'overLimit', Unearned>> = {
  underpaid: { flag: 'underpaid', reason: 'underpaid' },
  double: { flag: 'double_payment', reason: 'double_payment' },
  late: { flag: 'late_no_stock', reason: 'late_payment' },
  overLimit: { flag: 'over_limit', reason: 'over_limit' },
};

/**
 * Books money that came for an attempt; the caller's transaction holds the order's and the attempt's lock. It pays the
 * order if it can. Everything else is owed back from this moment on, and its refund is staged. The gateway's fee pays
 * for nothing and is never owed.
 */
export async function receiveMoney(tx: Db, order: Order, attempt: Attempt, receipt: Receipt): Promise<Attempt> {
  const ours = receipt.amount - receipt.fee;
  const paid = await changeAttempt(tx, attempt, {
    received: attempt.received + receipt.amount,
    gatewayFee: attempt.gatewayFee + receipt.fee,
  });
  const posting = await nextPosting(tx, attempt, 'capture');
  const outcome = ours < attempt.amount ? 'underpaid' : await payOrder(tx, order);
  afterCommit(tx, () => moneyReceived.inc({ outcome }));
  if (outcome === 'paid' || outcome === 'paid_late') {
    await post(tx, paid, posting, salePosting(order, receipt));
    await checkOpenAttemptNow(tx, order);
    await returnSurplus(tx, order, paid, ours - order.total);
    return paid;
  }
  await post(tx, paid, posting, unearnedPosting(receipt));
  if (ours === 0) return paid;
  const { flag, reason } = unearned[meaningOf(outcome)];
  await addFlag(tx, order, flag);
  await openRefund(tx, { order, attempt: paid, amount: ours, reason, requestedBy: 'system', money: 'owed' });
  return paid;
}

function meaningOf(outcome: Exclude<PayOutcome, 'paid' | 'paid_late'> | 'underpaid'): keyof typeof unearned {
  if (outcome === 'underpaid') return 'underpaid';
  if (outcome === 'over_limit') return 'overLimit';
  return outcome === 'already_paid' ? 'double' : 'late';
}

async function returnSurplus(tx: Db, order: Order, attempt: Attempt, surplus: number) {
  if (surplus <= 0) return;
  await addFlag(tx, order, 'overpaid');
  await openRefund(tx, {
    order,
    attempt,
    amount: surplus,
    reason: 'surplus',
    requestedBy: 'system',
    money: 'owed',
  });
}
