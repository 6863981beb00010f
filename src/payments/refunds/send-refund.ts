import { backOffSeconds } from '../../platform/resilience/back-off.ts';
import { transaction } from '../../platform/database/db.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { applyFact, lockAttemptAndOrder } from '../callbacks/apply-fact.ts';
import { changeAttempt, findAttempt } from '../attempts/queries.ts';
import type { GatewayDeps } from '../deps.ts';
import type { GatewayAccount, RefundResult } from '../gateways/gateway.ts';
import {
  refundBalancePauseSeconds,
  refundConfirmationSeconds,
  refundPauseMaxSeconds,
  refundPauseSeconds,
  refundTriesMax,
} from '../limits.ts';
import { endRefundSilence, noteFailedRefundLook, reasonOf, retrySlower } from '../attempts/note-failed-look.ts';
import { nameManualRefund } from './open-refund.ts';
import { recordRefundPaid } from './record-refund-paid.ts';
import { changeRefund, countRefundTry, findRefund, lockRefund } from './queries.ts';
import type { Attempt, Refund } from '../tables.ts';

/**
 * The number of the gateway's refusals after which a person must pay: three because of the payment's state, each
 * confirmed by the gateway's list of refunds; 24 hourly ones for lack of balance; or 24 because the organiser's account
 * does not know the payment, which another account has taken. Unanswered calls do not count: after
 * `failedLooksBeforeTask` in a row a person is told.
 */
const refusalPointsMax = refundTriesMax;
const conflictPoints = refundTriesMax / 3;
/** The organiser has set another account than the one that took the money, or has yet to correct this one. */
const notKnown = 'not_known_at_gateway';

/**
 * Sends a refund to the gateway, always under its own key, so that a repetition is the same refund. An unclear outcome is
 * read back. A final refusal becomes a task for a person. Safe to repeat.
 * @throws RetryLater
 */
export async function sendRefund(
  deps: GatewayDeps,
  { eventId, refundId }: { eventId: string; refundId: string },
): Promise<void> {
  const refund = await findRefund(deps.db, eventId, refundId);
  if (refund === undefined || (refund.status !== 'requested' && refund.status !== 'processing')) return;
  const attempt = await findAttempt(deps.db, refund.attemptId);
  if (attempt === undefined) return;
  const account = await deps.accounts.of(attempt);
  if (account === undefined) {
    await noteFailedRefundLook(deps.db, refund, 'no_account');
    throw new RetryLater(refundBalancePauseSeconds, 'the organiser has no payment account now');
  }
  await deps.gateway.acquire(account, 'call', refund.tries > 0 ? 1 : 0);
  if (refund.status === 'processing') {
    const silence = await lookAtGateway(deps, account, refund);
    return silence === undefined ? undefined : noteFailedRefundLook(deps.db, refund, silence);
  }

  const tries = await countRefundTry(deps.db, refund);
  const result = await send(deps, account, attempt, refund);
  switch (result.kind) {
    case 'accepted':
      return recordAccepted(deps, refund);
    case 'conflict': {
      const silence = await lookAtGateway(deps, account, refund);
      if (silence === notKnown) {
        if (await isRefusedForGood(deps, refund, 1)) return giveToPerson(deps, refund, silence);
        throw new RetryLater(pauseAfter(tries), silence);
      }
      if (silence !== undefined) return tryAgain(deps, refund, { tries, silence });
      if (await isRefusedForGood(deps, refund, conflictPoints)) return giveToPerson(deps, refund, 'refused_by_state');
      return comeBackIfOpen(deps, refund, tries);
    }
    case 'later':
      if (await isRefusedForGood(deps, refund, 1)) return giveToPerson(deps, refund, 'no_balance');
      throw new RetryLater(refundBalancePauseSeconds, 'the account at the gateway has too little money');
    case 'rejected':
      return giveToPerson(deps, refund, result.code);
    case 'slow_down':
      throw retrySlower(result);
    case 'unknown':
      return tryAgain(deps, refund, { tries, silence: result.reason });
  }
}

/** Never returns. */
async function tryAgain(
  deps: GatewayDeps,
  refund: Refund,
  { tries, silence }: { readonly tries: number; readonly silence: string },
): Promise<never> {
  await noteFailedRefundLook(deps.db, refund, silence);
  throw new RetryLater(pauseAfter(tries), silence);
}

/** A card payment that has not settled can only be voided as a whole. A partial refund waits until it settles. */
async function send(
  deps: GatewayDeps,
  account: GatewayAccount,
  attempt: Attempt,
  refund: Refund,
): Promise<RefundResult> {
  if (attempt.status !== 'captured') {
    const { attemptId, gatewayRefundKey: key, amount, reason } = refund;
    return deps.gateway.refund(account, { attemptId, key, amount, reason });
  }
  if (refund.amount === attempt.received - attempt.refunded - attempt.gatewayFee)
    return deps.gateway.voidCapture(account, attempt.id);
  throw new RetryLater(refundBalancePauseSeconds, 'a part can be given back only after the payment has settled');
}

async function recordAccepted(deps: GatewayDeps, sent: Refund): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, sent.attemptId);
    const refund = await lockRefund(tx, sent.eventId, sent.id);
    // A callback may have come first.
    if (locked === undefined || refund?.status !== 'requested') return;
    const isVoid = locked.attempt.status === 'captured';
    const attempt = isVoid
      ? await changeAttempt(tx, locked.attempt, { status: 'voided', checkInSeconds: null })
      : locked.attempt;
    await recordRefundPaid(tx, attempt, refund, { from: 'gateway', confirmed: isVoid, withFee: isVoid });
  });
}

/**
 * Reads the gateway's own list of refunds, which decides.
 * @returns why the list could not be read; undefined if it was read
 */
async function lookAtGateway(deps: GatewayDeps, account: GatewayAccount, refund: Refund): Promise<string | undefined> {
  const known = await deps.gateway.fetch(account, refund.attemptId);
  if (known.kind === 'slow_down') throw retrySlower(known);
  if (known.kind === 'not_started') return notKnown;
  if (known.kind !== 'fact') return reasonOf(known);
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, refund.attemptId);
    if (locked === undefined) return;
    await applyFact(tx, locked, known.fact, { trust: 'read_back', account });
    const now = await lockRefund(tx, refund.eventId, refund.id);
    const answered = now && (await endRefundSilence(tx, now));
    if (answered?.status === 'processing')
      await changeRefund(tx, answered, { checkInSeconds: refundConfirmationSeconds });
  });
  return undefined;
}

/** Records a final refusal of an unsent refund. @returns true if no try is left */
async function isRefusedForGood(deps: GatewayDeps, sent: Refund, points: number): Promise<boolean> {
  return transaction(deps.db, async (tx) => {
    const refund = await lockRefund(tx, sent.eventId, sent.id);
    if (refund?.status !== 'requested') return false;
    const refusals = refund.refusals + points;
    await changeRefund(tx, await endRefundSilence(tx, refund), { refusals });
    return refusals >= refusalPointsMax;
  });
}

async function comeBackIfOpen(deps: GatewayDeps, refund: Refund, tries: number): Promise<void> {
  const now = await findRefund(deps.db, refund.eventId, refund.id);
  if (now?.status === 'requested') throw new RetryLater(pauseAfter(tries), 'the gateway does not allow it now');
}

async function giveToPerson(deps: GatewayDeps, sent: Refund, failure: string): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, sent.attemptId);
    const refund = await lockRefund(tx, sent.eventId, sent.id);
    if (locked === undefined || refund?.status !== 'requested') return;
    const answered = await endRefundSilence(tx, refund);
    await changeRefund(tx, answered, { status: 'manual_required', failure, checkInSeconds: null });
    await nameManualRefund(tx, refund, locked.attempt);
  });
}

function pauseAfter(tries: number): number {
  return backOffSeconds({ tries, firstSeconds: refundPauseSeconds, maxSeconds: refundPauseMaxSeconds });
}
