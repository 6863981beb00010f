import { orderClosing } from '../orders/jobs.ts';
import { type Db, transaction } from '../platform/database/db.ts';
import { stageAll } from '../platform/jobs/outbox.ts';
import { findDueAttempts } from './attempts/queries.ts';
import { findForgottenCallbacks } from './callbacks/queries.ts';
import { applyCallbackJob, checkAttemptJob, sendRefundJob } from './jobs.ts';
import { closingMinutesMax, reconcileBatch } from './limits.ts';
import { findStuckClosing } from './attempts/order-queries.ts';
import { findDueRefunds } from './refunds/queries.ts';

/** Longer than a job is retried. Older work was given up. */
const forgottenMinutes = 30;

/**
 * Finds payments that nothing was heard about for too long and stages a job for each: attempts and refunds that are due
 * for a look at the gateway, and callbacks and closings whose job was given up. It only finds them; the jobs look again
 * and act. Runs are bounded, and work with a staged job gets no second one, so this may run often and several times at
 * once.
 * @returns how many were staged
 */
export async function reconcilePayments({ db }: { db: Db }): Promise<number> {
  return transaction(db, async (tx) => {
    const attempts = await findDueAttempts(tx, reconcileBatch);
    const refunds = await findDueRefunds(tx, reconcileBatch);
    const callbacks = await findForgottenCallbacks(tx, forgottenMinutes, reconcileBatch);
    const closings = await findStuckClosing(tx, closingMinutesMax + forgottenMinutes, reconcileBatch);
    await stageAll(
      tx,
      checkAttemptJob,
      attempts.map((attemptId) => ({ attemptId })),
    );
    await stageAll(tx, sendRefundJob, refunds);
    await stageAll(tx, applyCallbackJob, callbacks);
    await stageAll(tx, orderClosing, closings);
    return attempts.length + refunds.length + callbacks.length + closings.length;
  });
}
