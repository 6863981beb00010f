import { transaction } from '../../platform/database/db.ts';
import { applyFact, lockAttemptAndOrder } from '../callbacks/apply-fact.ts';
import { changeAttempt, findAttempt, lockAttempt, requestClose } from './queries.ts';
import type { GatewayDeps } from '../deps.ts';
import type { GatewayAccount } from '../gateways/gateway.ts';
import { closedCheckSeconds, closingPauseSeconds, pageOverGraceSeconds } from '../limits.ts';
import type { Attempt } from '../tables.ts';
import { isOpen } from '../vocabulary.ts';

export type Closing =
  /** The attempt is no longer open: it was closed now, or money has come for it. */
  | { readonly kind: 'ended' }
  /** The gateway did not confirm. Closing was first requested this many seconds ago. */
  | { readonly kind: 'unsure'; readonly seconds: number };

/** The gateway has confirmed that no money can come for the attempt. The caller records it. */
export type Confirmed = { readonly kind: 'confirmed' };

/**
 * Closes an open attempt at the gateway, so that no money can come for it. If the gateway reports another state, that
 * is applied.
 * @throws RetryLater if the gateway may not be called now
 */
export async function closeAttempt(deps: GatewayDeps, attempt: Attempt): Promise<Closing> {
  if (attempt.status === 'creating' && attempt.checks === 0 && (await closeUnsent(deps, attempt))) {
    return { kind: 'ended' };
  }
  const closing = await closeAtGateway(deps, attempt, await requestClose(deps.db, attempt.id));
  if (closing.kind !== 'confirmed') return closing;
  await markClosed(deps, attempt.id);
  return { kind: 'ended' };
}

type Closable = Pick<Attempt, 'id' | 'organizerId' | 'gateway' | 'amount' | 'expiresAt'>;

/**
 * Has the gateway close an attempt. If it reports another state, that is applied.
 * @param seconds since the close was first requested
 * @throws RetryLater if the gateway may not be called now
 */
export async function closeAtGateway(
  deps: GatewayDeps,
  attempt: Closable,
  seconds: number,
): Promise<Closing | Confirmed> {
  const account = await deps.accounts.of(attempt);
  if (account === undefined) return { kind: 'unsure', seconds };
  await deps.gateway.acquire(account, 'call', seconds >= closingPauseSeconds ? 1 : 0);
  const { id, amount, expiresAt } = attempt;
  const pageOver = expiresAt !== null && deps.clock.now().getTime() > expiresAt.getTime() + pageOverGraceSeconds * 1000;
  const result = await deps.gateway.close(account, { id, amount, pageOver });
  if (result.kind === 'closed') return { kind: 'confirmed' };
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

/** Never sent to the gateway, and it never will be, because making it requires the state that ends here. */
async function closeUnsent(deps: GatewayDeps, seen: Attempt): Promise<boolean> {
  return transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, seen.id);
    if (locked === undefined || locked.attempt.status !== 'creating' || locked.attempt.checks > 0) return false;
    await changeAttempt(tx, locked.attempt, { status: 'cancelled', failure: 'not_sent', checkInSeconds: null });
    return true;
  });
}

/** The gateway has closed the attempt. One that has ended meanwhile is left as it is. */
export async function markClosed(deps: GatewayDeps, attemptId: string): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked === undefined || !isOpen(locked.attempt.status)) return;
    // Somebody may still know where to pay, and the callback about it may be lost. It is looked at twice more.
    await changeAttempt(tx, locked.attempt, { status: 'expired', checks: 0, checkInSeconds: closedCheckSeconds });
  });
}

/**
 * Closes an attempt at the gateway that was given up here but is still open there, for example because the buyer picked
 * a method at the last moment. `applyFact` has planned another look, which stays unless the gateway confirms.
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
