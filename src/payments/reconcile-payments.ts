import { orderClosing } from '../orders/jobs.ts';
import { type Db, transaction } from '../platform/database/db.ts';
import { eachInTurn } from '../platform/jobs/each-in-turn.ts';
import { stageAll } from '../platform/jobs/outbox.ts';
import type { Log } from '../platform/log.ts';
import { findDueAttempts } from './attempts/queries.ts';
import { findForgottenCallbacks } from './callbacks/queries.ts';
import { applyCallbackJob, checkAttemptJob, sendRefundJob } from './jobs.ts';
import { closingMinutesMax, looksWaitingMax, reconcileBatch } from './limits.ts';
import { findStuckClosing } from './order-queries.ts';
import { findDueRefunds } from './refunds/queries.ts';

/** Longer than a job is retried. Older work was given up. */
const forgottenMinutes = 30;

/**
 * Finds payments that nothing was heard about for too long and stages a job for each: attempts and refunds that are due
 * for a look at the gateway, and callbacks and closings whose job was given up. It only finds them; the jobs look again
 * and act. Runs are bounded, and work with a staged job gets no second one, so this may run often and several times at
 * once.
 * @returns how many were staged
 * @throws the first fault, after all kinds were tried
 */
export async function reconcilePayments({ db, log }: { db: Db; log: Log }): Promise<number> {
  let staged = 0;
  await eachInTurn(
    [stageDueAttempts, stageDueRefunds, stageForgottenCallbacks, stageStuckClosings],
    async (part) => {
      staged += await transaction(db, part);
    },
    (error, { name }) => log.error({ err: error, part: name }, 'a part of the reconciliation of payments failed'),
  );
  return staged;
}

async function stageDueAttempts(tx: Db): Promise<number> {
  const attempts = await findDueAttempts(tx, looksWaitingMax);
  await stageAll(
    tx,
    checkAttemptJob,
    attempts.map((attemptId) => ({ attemptId })),
  );
  return attempts.length;
}

async function stageDueRefunds(tx: Db): Promise<number> {
  const refunds = await findDueRefunds(tx, reconcileBatch);
  await stageAll(tx, sendRefundJob, refunds);
  return refunds.length;
}

async function stageForgottenCallbacks(tx: Db): Promise<number> {
  const callbacks = await findForgottenCallbacks(tx, forgottenMinutes, reconcileBatch);
  await stageAll(tx, applyCallbackJob, callbacks);
  return callbacks.length;
}

async function stageStuckClosings(tx: Db): Promise<number> {
  const closings = await findStuckClosing(tx, closingMinutesMax + forgottenMinutes, reconcileBatch);
  await stageAll(tx, orderClosing, closings);
  return closings.length;
}
