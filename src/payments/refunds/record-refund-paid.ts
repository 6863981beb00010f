import { sql } from 'drizzle-orm';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { endRefundSilence } from '../attempts/note-failed-look.ts';
import { changeAttempt } from '../attempts/queries.ts';
import { refundPaidPosting } from '../ledger/ledger.ts';
import { post } from '../ledger/queries.ts';
import { refundDone } from '../jobs.ts';
import { refundConfirmationSeconds } from '../limits.ts';
import { refundsEnded } from '../metrics.ts';
import { changeRefund } from './queries.ts';
import type { Attempt, Refund } from '../tables.ts';
import { closeTasksOfRefund } from '../tasks/queries.ts';

/**
 * Books a paid refund once. The gateway's acceptance makes it `processing`; the bank's confirmation or a person's statement
 * makes it `done`. The caller holds the locks of the order and the attempt.
 */
export async function recordRefundPaid(
  tx: Db,
  attempt: Attempt,
  refund: Refund,
  paid: {
    readonly from: 'gateway' | 'bank';
    readonly confirmed: boolean;
    readonly gatewayRefundKey?: string;
    /** The gateway also gave its fee back. */
    readonly withFee?: boolean;
  },
): Promise<Attempt> {
  const status = paid.confirmed ? 'done' : 'processing';
  const end = paid.confirmed ? { isDone: true, checkInSeconds: null } : { checkInSeconds: refundConfirmationSeconds };
  if (refund.status === 'done' || (refund.status === 'processing' && !paid.confirmed)) return attempt;
  await changeRefund(tx, await endRefundSilence(tx, refund), {
    status,
    failure: null,
    ...(paid.gatewayRefundKey === undefined ? {} : { gatewayRefundKey: paid.gatewayRefundKey }),
    ...end,
  });
  if (paid.confirmed) await stage(tx, refundDone, { eventId: refund.eventId, orderId: refund.orderId });
  afterCommit(tx, () => refundsEnded.inc({ status }));
  if (refund.status === 'processing' || refund.status === 'failed') return attempt;
  await tx.execute(sql`select note_refund(${refund.eventId}, ${refund.id})`);
  const fee = paid.withFee === true ? attempt.gatewayFee : 0;
  await post(tx, attempt, `${refund.id}:paid`, refundPaidPosting(refund.amount, paid.from, fee), refund.currency);
  await closeTasksOfRefund(tx, refund);
  // Money in another currency than the order's is not in the attempt's received amount.
  if (refund.currency !== attempt.currency) return attempt;
  // What was paid back by hand and at the gateway counts once: it is the buyer's payment. The ledger shows the loss.
  const refunded = Math.min(attempt.received, attempt.refunded + refund.amount + fee);
  const after = { refunded, gatewayFee: Math.min(attempt.gatewayFee - fee, attempt.received - refunded) };
  return changeAttempt(tx, attempt, { ...after, ...statusOf(attempt, after) });
}

/** The gateway's callback confirms it later. The page need not wait for that. */
function statusOf(
  attempt: Attempt,
  after: { readonly refunded: number; readonly gatewayFee: number },
): { status?: 'refunded' | 'partially_refunded' } {
  if (attempt.status !== 'settled' && attempt.status !== 'partially_refunded') return {};
  return { status: isAllBack({ ...attempt, ...after }) ? 'refunded' : 'partially_refunded' };
}

/** Whether only the gateway's own fee is left. */
export function isAllBack({ received, refunded, gatewayFee }: Pick<Attempt, 'received' | 'refunded' | 'gatewayFee'>) {
  return refunded >= received - gatewayFee;
}
