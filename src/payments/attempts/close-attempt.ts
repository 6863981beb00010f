import { transaction } from '../../platform/database/db.ts';
import { applyFact, lockAttemptAndOrder } from '../callbacks/apply-fact.ts';
import { changeAttempt, findAttempt, lockAttempt, requestClose } from './queries.ts';
import type { GatewayDeps } from '../deps.ts';
import type { GatewayAccount } from '../gateways/gateway.ts';
import { closedCheckSeconds, closingPauseSeconds, pageOverGraceSeconds } from '../limits.ts';
import type { Attempt } from '../tables.ts';
import { isOpen } from '../vocabulary.ts';

export type Closing =
  /** The attempt is not open any more: closed now, or money has come for it. */
  | { readonly kind: 'ended' }
  /** The gateway did not confirm; asked for the first time so many seconds ago. */
  | { readonly kind: 'unsure'; readonly seconds: number };

/**
 * Closes an open attempt at the gateway, so that no money can come for it. What the gateway says instead is applied.
 * @throws RetryLater when the gateway may not be called now
 */
export async function closeAttempt(deps: GatewayDeps, attempt: Attempt): Promise<Closing> {
  if (attempt.status === 'creating' && attempt.checks === 0 && (await closeUnsent(deps, attempt))) {
    return { kind: 'ended' };
  }
  const seconds = await requestClose(deps.db, attempt.id);
  const account = await deps.accounts.of(attempt);
  if (account === undefined) return { kind: 'unsure', seconds };
  await deps.gateway.acquire(account, 'call', seconds >= closingPauseSeconds ? 1 : 0);
  const { id, amount, expiresAt } = attempt;
  const pageOver = expiresAt !== null && deps.clock.now().getTime() > expiresAt.getTime() + pageOverGraceSeconds * 1000;
  const result = await deps.gateway.close(account, { id, amount, pageOver });
  if (result.kind === 'closed') {
    await markClosed(deps, attempt.id);
    return { kind: 'ended' };
  }
  if (result.kind === 'fact') {
    await transaction(deps.db, async (tx) => {
      const locked = await lockAttemptAndOrder(tx, attempt.id);
      if (locked === undefined) return;
      await applyFact(tx, locked, result.fact, { trust: 'read_back', account });
    });
  }
  const now = await findAttempt(deps.db, attempt.id);
  return now === undefined || !isOpen(now.status) ? { kind: 'ended' } : { kind: 'unsure', seconds };
}

/** Never sent to the gateway, and by this never will be: making it needs the state that is left here. */
async function closeUnsent(deps: GatewayDeps, seen: Attempt): Promise<boolean> {
  return transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, seen.id);
    if (locked === undefined || locked.attempt.status !== 'creating' || locked.attempt.checks > 0) return false;
    await changeAttempt(tx, locked.attempt, { status: 'cancelled', failure: 'not_sent', checkInSeconds: null });
    return true;
  });
}

async function markClosed(deps: GatewayDeps, attemptId: string): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked === undefined || !isOpen(locked.attempt.status)) return;
    // Somebody may know where to pay all the same, and the callback about it may be lost: it is looked at twice more.
    await changeAttempt(tx, locked.attempt, { status: 'expired', checks: 0, checkInSeconds: closedCheckSeconds });
  });
}

/**
 * An attempt that was given up here is still open at the gateway, say since the buyer picked a method at the last moment:
 * it is closed there. `applyFact` has planned another look, which stays unless the gateway confirms.
 */
export async function closeAgain(deps: GatewayDeps, account: GatewayAccount, attemptId: string): Promise<void> {
  const attempt = await findAttempt(deps.db, attemptId);
  if (attempt === undefined) return;
  const result = await deps.gateway.close(account, { id: attempt.id, amount: attempt.amount, pageOver: false });
  if (result.kind !== 'closed') return;
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttempt(tx, attemptId);
    if (locked?.status === attempt.status) await changeAttempt(tx, locked, { checkInSeconds: null });
  });
}
