import { backOffSeconds } from '../../platform/resilience/back-off.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { changeAttempt, lockAttempt } from './queries.ts';
import type { FetchResult } from '../gateways/gateway.ts';
import { failedLooksBeforeTask, failedLooksMax, lookPauseMaxSeconds, lookPauseSeconds } from '../limits.ts';
import { failedLooks } from '../metrics.ts';
import { changeRefund, lockRefund } from '../refunds/queries.ts';
import type { Attempt, Refund } from '../tables.ts';
import { closeTaskOf, reopenTask } from '../tasks/queries.ts';

type SlowDown = Extract<FetchResult, { readonly kind: 'slow_down' }>;
type Unanswered = Extract<FetchResult, { readonly kind: 'unknown' | 'rejected' }>;

/** Why the gateway did not answer, as a word for tasks and logs. */
export function reasonOf(result: Unanswered | SlowDown): string {
  if (result.kind === 'slow_down') return 'the gateway asks to slow down';
  return result.kind === 'rejected' ? result.code : result.reason;
}

/** The job runs again when the gateway takes calls again. */
export const retrySlower = (result: SlowDown): RetryLater => new RetryLater(result.seconds, reasonOf(result));

/**
 * Notes that the gateway did not answer a look at an attempt. The plan of looks stays: the reconciler asks again after
 * a back-off. An attempt that has changed since it was read has a new plan and is left as it is.
 */
export async function noteFailedLook(db: Db, seen: Attempt, reason: string): Promise<void> {
  failedLooks.inc({ of: 'attempt' });
  await transaction(db, async (tx) => {
    const attempt = await lockAttempt(tx, seen.id);
    if (attempt?.status !== seen.status || attempt.nextCheckAt?.getTime() !== seen.nextCheckAt?.getTime()) return;
    const failed = attempt.failedLooks + 1;
    await changeAttempt(tx, attempt, { failedLooks: failed, checkInSeconds: pauseAfter(failed) });
    if (failed === failedLooksBeforeTask) await reopenTask(tx, attempt, silence(attempt.id, reason));
  });
}

/**
 * Notes that the gateway did not answer about a refund: a look at one that waits for its confirmation, or a try to make
 * one. Tries are repeated by their own job, at its own pace.
 */
export async function noteFailedRefundLook(db: Db, seen: Refund, reason: string): Promise<void> {
  failedLooks.inc({ of: 'refund' });
  await transaction(db, async (tx) => {
    const refund = await lockRefund(tx, seen.eventId, seen.id);
    if (refund === undefined || refund.status !== seen.status) return;
    const failed = refund.failedLooks + 1;
    const next = refund.status === 'processing' ? { checkInSeconds: pauseAfter(failed) } : {};
    await changeRefund(tx, refund, { failedLooks: failed, ...next });
    if (failed === failedLooksBeforeTask) await reopenTask(tx, refund, silence(refund.id, reason));
  });
}

/** The gateway answers again, so the task for a person is resolved. */
export async function endSilence(tx: Db, subject: { eventId: string; id: string; failedLooks: number }): Promise<void> {
  if (subject.failedLooks >= failedLooksBeforeTask)
    await closeTaskOf(tx, subject.eventId, 'gateway_silent', subject.id);
}

/** The gateway has answered about a refund: what it left unanswered before counts no more. */
export async function endRefundSilence(tx: Db, refund: Refund): Promise<Refund> {
  await endSilence(tx, refund);
  return refund.failedLooks === 0 ? refund : changeRefund(tx, refund, { failedLooks: 0 });
}

function silence(subjectId: string, reason: string) {
  return { kind: 'gateway_silent' as const, subjectId, detail: { reason } };
}

function pauseAfter(failed: number): number | null {
  if (failed >= failedLooksMax) return null;
  return backOffSeconds({ tries: failed, firstSeconds: lookPauseSeconds, maxSeconds: lookPauseMaxSeconds });
}
