import { transaction } from '../../platform/database/db.ts';
import { applyFact, lockAttemptAndOrder } from '../callbacks/apply-fact.ts';
import { changeAttempt } from './queries.ts';
import { closeAgain, closeAttempt } from './close-attempt.ts';
import type { GatewayDeps } from '../deps.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { checkHoursAfterExpiry, closingPauseSeconds, lastCheckSeconds } from '../limits.ts';
import type { Looks, NextLook } from './looks.ts';
import { makeAttempt } from './make-attempt.ts';
import { endSilence, noteFailedLook, reasonOf, retrySlower } from './note-failed-look.ts';
import type { Attempt } from '../tables.ts';
import { isOpen, isUnmade } from '../vocabulary.ts';

export type LookDeps = GatewayDeps & { readonly looks: Looks };

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;
/** The time from the first look, after two minutes, to ten minutes. Later looks are hourly. */
const secondLookSeconds = 480;

/**
 * Asks the gateway about an attempt that nothing was heard about for too long, and applies the answer; makes the
 * attempt if it was never made. A look that the gateway did not answer does not count: it is repeated with back-off and
 * the plan stays. Safe to repeat.
 * @throws RetryLater
 */
export async function checkAttempt(deps: LookDeps, { attemptId }: { attemptId: string }): Promise<void> {
  const { attempt, orderStatus } = (await deps.looks.find(attemptId)) ?? {};
  if (attempt === undefined || attempt.nextCheckAt === null) return;
  if (isOpen(attempt.status) && isServed(orderStatus)) return closeSurplus(deps, attempt);
  if (isUnmade(attempt.status)) return makeAttempt(deps, { attemptId });
  const account = await deps.accounts.of(attempt);
  if (account === undefined) return noteFailedLook(deps.db, attempt, 'no_account');
  await deps.gateway.acquire(account, 'look', attempt.failedLooks > 0 ? 1 : 0);
  const known = await deps.gateway.fetch(account, attemptId);
  if (known.kind === 'slow_down') throw retrySlower(known);
  if (known.kind === 'unknown' || known.kind === 'rejected') {
    return noteFailedLook(deps.db, attempt, reasonOf(known));
  }
  // The gateway knew the payment before, so this is another account's answer.
  if (known.kind === 'not_started' && attempt.gatewayReference !== null) {
    return noteFailedLook(deps.db, attempt, 'not_known_at_gateway');
  }
  const isNotStarted = known.kind === 'not_started';
  const planned = planNextCheck(deps, attempt, isNotStarted);
  // Nobody has opened the page yet. Most looks find this, so they lock no order.
  if (isNotStarted && planned.status === undefined && attempt.failedLooks === 0)
    return deps.looks.plan(attempt, planned);
  const applied = await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked === undefined) return undefined;
    await endSilence(tx, locked.attempt);
    const plan = planNextCheck(deps, locked.attempt, isNotStarted);
    await changeAttempt(tx, locked.attempt, { ...plan, failedLooks: 0 });
    if (known.kind !== 'fact') return undefined;
    const again = await lockAttemptAndOrder(tx, attemptId);
    return again && applyFact(tx, again, known.fact, { trust: 'read_back', account });
  });
  if (applied?.kind === 'close_again') await closeAgain(deps, account, attemptId);
}

/** Paid by another attempt, or refunded since. New money would only have to go back. */
function isServed(orderStatus: string | null | undefined): boolean {
  return ['paid', 'partially_refunded', 'refunded'].includes(orderStatus ?? '');
}

async function closeSurplus(deps: GatewayDeps, attempt: Attempt): Promise<void> {
  const closing = await closeAttempt(deps, attempt);
  if (closing.kind === 'unsure') throw new RetryLater(closingPauseSeconds, 'the attempt may still be paid');
}

/** An open attempt is looked at until six hours after its expiry; a captured one daily, until it settles. */
function planNextCheck(
  deps: GatewayDeps,
  attempt: Attempt,
  isNotStarted: boolean,
): NextLook & { readonly status?: 'expired' } {
  const checks = attempt.checks + 1;
  if (attempt.status === 'captured') return { checks, checkInSeconds: daySeconds };
  if (attempt.status === 'settled') return { checks, checkInSeconds: null };
  if (attempt.failure === 'released_unconfirmed' && !isOver(deps, attempt))
    return { checks, checkInSeconds: hourSeconds };
  if (!isOpen(attempt.status)) return { checks, checkInSeconds: attempt.checks === 0 ? lastCheckSeconds : null };
  if (!isOver(deps, attempt)) return { checks, checkInSeconds: attempt.checks === 0 ? secondLookSeconds : hourSeconds };
  // Nobody ever picked a method, and the page has long expired. Gateways send nothing for that.
  return isNotStarted ? { checks, checkInSeconds: null, status: 'expired' } : { checks, checkInSeconds: daySeconds };
}

function isOver(deps: GatewayDeps, attempt: Attempt): boolean {
  const end = attempt.expiresAt ?? attempt.createdAt;
  return deps.clock.now().getTime() > end.getTime() + checkHoursAfterExpiry * hourSeconds * 1000;
}
