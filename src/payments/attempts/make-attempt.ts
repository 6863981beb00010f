import { instructionsReady } from '../../orders/index.ts';
import { backOffSeconds } from '../../platform/resilience/back-off.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { applyFact, lockAttemptAndOrder } from '../callbacks/apply-fact.ts';
import { changeAttempt, claimAttempt, findAttempt, findAttempts } from './queries.ts';
import { buildPaymentRequest } from './build-payment-request.ts';
import type { GatewayDeps } from '../deps.ts';
import type { CreateResult, GatewayAccount } from '../gateways/gateway.ts';
import { attemptLeaseSeconds, checkPendingSeconds, unknownPauseMaxSeconds, unknownPauseSeconds } from '../limits.ts';
import { reasonOf } from './note-failed-look.ts';
import { findLines, findPayableOrder } from '../order-queries.ts';
import type { Attempt, Instructions } from '../tables.ts';
import { reopenTask } from '../tasks/queries.ts';
import { isUnmade } from '../vocabulary.ts';

/** The outcome of the earlier try is checked first. */
const callsOfRepetition = 2;

/**
 * Makes a written attempt at the gateway. The outcome of an earlier try is read back first, because an answer may have
 * been lost. Making it again under the same id is safe as long as the buyer has picked no method.
 * @throws RetryLater
 */
export async function makeAttempt(deps: GatewayDeps, { attemptId }: { attemptId: string }): Promise<void> {
  const seen = await findAttempt(deps.db, attemptId);
  if (seen === undefined || !isUnmade(seen.status)) return;
  const account = await deps.accounts.of(seen);
  if (account === undefined) return failAttempt(deps.db, attemptId, 'no_account');
  await deps.gateway.acquire(account, 'create', seen.checks > 0 ? callsOfRepetition : 0);

  const attempt = await claimAttempt(deps.db, attemptId, attemptLeaseSeconds);
  if (attempt === undefined) {
    const now = await findAttempt(deps.db, attemptId);
    if (now === undefined || !isUnmade(now.status)) return;
    throw new RetryLater(unknownPauseSeconds, 'another worker has the attempt');
  }
  const isFirstTry = attempt.checks === 1;
  if (!isFirstTry && (await adoptKnown(deps, account, attempt))) return;
  const prepared = await prepare(deps, attempt);
  if (prepared === undefined) {
    // Nobody waits for the attempt any more. An unsent one is closed here; others are left to the act that closes the
    // order.
    if (isFirstTry) await dropUnsent(deps, attemptId);
    return;
  }
  if (prepared.methods.length === 0) return failAttempt(deps.db, attemptId, 'no_method_fits');
  await recordAnswer(deps, attempt, await deps.gateway.create(account, prepared), prepared.expiresInMinutes);
}

/** Reads back an earlier try. True if that settles the attempt. */
async function adoptKnown(deps: GatewayDeps, account: GatewayAccount, attempt: Attempt): Promise<boolean> {
  const known = await deps.gateway.fetch(account, attempt.id);
  switch (known.kind) {
    case 'not_started':
      return false;
    case 'fact':
      await transaction(deps.db, async (tx) => {
        const locked = await lockAttemptAndOrder(tx, attempt.id);
        if (locked === undefined) return;
        await applyFact(tx, locked, known.fact, { trust: 'read_back', account });
      });
      return true;
    case 'slow_down':
      return putOff(deps, attempt.id, known.seconds, reasonOf(known));
    // A refused look says nothing about the earlier try. Its page may be live, and somebody may pay on it.
    case 'rejected':
    case 'unknown':
      return putOff(deps, attempt.id, pauseAfter(attempt), reasonOf(known));
  }
}

/** The request, or undefined if the order no longer waits for payment. */
async function prepare(deps: GatewayDeps, attempt: Attempt) {
  const payable = await findPayableOrder(deps.db, attempt.eventId, attempt.orderId);
  if (payable === undefined || payable.order.status !== 'pending_payment' || payable.secondsLeft <= 0) return undefined;
  const { order } = payable;
  const isFirst = !hadInstructions(await findAttempts(deps.db, order), attempt);
  const lines = await findLines(deps.db, order);
  const secondsLeft = isFirst ? payable.secondsLeftIfReadyNow : payable.secondsLeft;
  return buildPaymentRequest(deps.publicUrl, { order, lines, secondsLeft }, attempt);
}

/** The pay clock starts once, when the first attempt of the order can be paid. */
function hadInstructions(attempts: readonly Attempt[], made: Pick<Attempt, 'id'>): boolean {
  return attempts.some(
    ({ id, redirectUrl, instructions }) => id !== made.id && (redirectUrl !== null || hasNumber(instructions)),
  );
}

const hasNumber = ({ vaNumber, billKey, qrString }: Instructions): boolean =>
  (vaNumber ?? billKey ?? qrString) !== undefined;

/**
 * Records the gateway's answer.
 * @throws RetryLater if the attempt must be taken up again
 */
export async function recordAnswer(
  deps: GatewayDeps,
  attempt: Pick<Attempt, 'id' | 'checks'>,
  result: CreateResult,
  expiresInMinutes: number,
): Promise<void> {
  switch (result.kind) {
    case 'accepted':
      return recordMade(deps, attempt.id, result, expiresInMinutes);
    case 'rejected':
      // The gateway knows our id, so an earlier try arrived, and the buyer has picked a method. Only a look can tell
      // more.
      if (result.code === 'order_id_taken') return putOff(deps, attempt.id, pauseAfter(attempt), result.code);
      return failAttempt(deps.db, attempt.id, result.code);
    case 'slow_down':
      return putOff(deps, attempt.id, result.seconds, reasonOf(result));
    case 'unknown':
      return putOff(deps, attempt.id, pauseAfter(attempt), result.reason);
  }
}

async function recordMade(
  deps: GatewayDeps,
  attemptId: string,
  { redirectUrl, instructions = {} }: CreateResult & { readonly kind: 'accepted' },
  expiresInMinutes: number,
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked === undefined) return;
    const { order, attempt } = locked;
    // A callback may have been faster. Money that came stays; an attempt with a picked method gets its page.
    const isWaiting = isUnmade(attempt.status) || (attempt.status === 'pending' && attempt.redirectUrl === null);
    if (!isWaiting) return;
    const isFirst = !hadInstructions(await findAttempts(tx, order), attempt);
    await changeAttempt(tx, attempt, {
      status: 'pending',
      redirectUrl: redirectUrl ?? null,
      instructions: { ...attempt.instructions, ...instructions },
      failure: null,
      checks: 0,
      checkInSeconds: checkPendingSeconds,
      expiresInSeconds: expiresInMinutes * 60,
    });
    if (isFirst) await instructionsReady(tx, order);
  });
}

function pauseAfter({ checks }: Pick<Attempt, 'checks'>): number {
  return backOffSeconds({ tries: checks, firstSeconds: unknownPauseSeconds, maxSeconds: unknownPauseMaxSeconds });
}

/** Marks the attempt as unknown, to be taken up again. Never returns. */
async function putOff(deps: GatewayDeps, attemptId: string, seconds: number, reason: string): Promise<never> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked === undefined || !isUnmade(locked.attempt.status)) return;
    await changeAttempt(tx, locked.attempt, { status: 'unknown', checkInSeconds: seconds });
  });
  throw new RetryLater(seconds + 0.5, reason);
}

async function dropUnsent(deps: GatewayDeps, attemptId: string): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked?.attempt.status !== 'creating') return;
    await changeAttempt(tx, locked.attempt, { status: 'cancelled', failure: 'order_ended', checkInSeconds: null });
  });
}

/**
 * The gateway permanently refuses to make an attempt. The buyer may choose another method, and the organiser gets a
 * task.
 */
export async function failAttempt(db: Db, attemptId: string, failure: string): Promise<void> {
  await transaction(db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked === undefined || !isUnmade(locked.attempt.status)) return;
    const { attempt } = locked;
    await changeAttempt(tx, attempt, { status: 'failed', failure, checkInSeconds: null });
    // Once per event, because a wrong key fails every order of it in the same way. If the task was resolved too early,
    // it opens again.
    await reopenTask(tx, attempt, { kind: 'payment_refused', subjectId: attempt.organizerId, detail: { failure } });
  });
}
