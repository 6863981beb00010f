import type { Db } from '../platform/db.ts';
import { changeAttempt } from './attempt-queries.ts';
import { refundPaidPosting } from './ledger.ts';
import { post } from './ledger-queries.ts';
import { refundsEnded } from './metrics.ts';
import { changeRefund } from './refund-queries.ts';
import type { Attempt, Refund } from './tables.ts';
import { closeTaskOf } from './task-queries.ts';

/** The gateway confirms most refunds within days; until then it is asked once a day. */
const confirmationCheckSeconds = 24 * 3600;

/**
 * Money went back: once per refund, whoever says so first. The gateway's acceptance makes it `processing`, the bank's
 * confirmation or a person's word `done`. The caller holds the order's and the attempt's lock.
 */
export async function recordRefundPaid(
  tx: Db,
  attempt: Attempt,
  refund: Refund,
  paid: { readonly from: 'gateway' | 'bank'; readonly confirmed: boolean; readonly gatewayRefundKey?: string },
): Promise<Attempt> {
  const status = paid.confirmed ? 'done' : 'processing';
  const end = paid.confirmed ? { isDone: true, checkInSeconds: null } : { checkInSeconds: confirmationCheckSeconds };
  if (refund.status === 'done' || (refund.status === 'processing' && !paid.confirmed)) return attempt;
  await changeRefund(tx, refund, {
    status,
    failure: null,
    ...(paid.gatewayRefundKey === undefined ? {} : { gatewayRefundKey: paid.gatewayRefundKey }),
    ...end,
  });
  refundsEnded.inc({ status });
  if (refund.status === 'processing' || refund.status === 'failed') return attempt;
  await post(tx, attempt, `${refund.id}:paid`, refundPaidPosting(refund.amount, paid.from));
  await closeTaskOf(tx, attempt.eventId, 'refund_manual', refund.id);
  const refunded = attempt.refunded + refund.amount;
  return changeAttempt(tx, attempt, { refunded, ...statusOf(attempt, refunded) });
}

/** The gateway's own callback says the same later; until then a page need not wait for it. */
function statusOf(attempt: Attempt, refunded: number): { status?: 'refunded' | 'partially_refunded' } {
  if (attempt.status !== 'settled' && attempt.status !== 'partially_refunded') return {};
  return { status: refunded === attempt.received ? 'refunded' : 'partially_refunded' };
}
