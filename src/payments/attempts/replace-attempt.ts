import { lockOrder } from '../../orders/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { findAttempt, findAttempts, insertAttempt } from './queries.ts';
import { closeAttempt } from './close-attempt.ts';
import type { GatewayDeps } from '../deps.ts';
import { attemptsPerOrderMax, closingPauseSeconds } from '../limits.ts';
import { makeAttempt } from './make-attempt.ts';
import { findPayableOrder } from '../order-queries.ts';
import type { Attempt } from '../tables.ts';
import { isOpen } from '../vocabulary.ts';

/**
 * Replaces the open attempt by one with another method. The old one is closed at the gateway first; until that is
 * certain, it stays the only one. A later choice overrides an earlier one. Safe to repeat.
 * @throws RetryLater
 */
export async function replaceAttempt(
  deps: GatewayDeps,
  { attemptId, method }: { attemptId: string; method: string },
): Promise<void> {
  const old = await findAttempt(deps.db, attemptId);
  if (old === undefined) return;
  if (isOpen(old.status)) {
    if ((old.instructions.replaceBy ?? method) !== method) return;
    const payable = await findPayableOrder(deps.db, old.eventId, old.orderId);
    if (payable?.order.status !== 'pending_payment') return;
    const closing = await closeAttempt(deps, old);
    if (closing.kind === 'unsure') throw new RetryLater(closingPauseSeconds, 'the old attempt may still be paid');
  }
  const next = await writeNext(deps.db, old, method);
  if (next !== undefined) await makeAttempt(deps, { attemptId: next });
}

/** The id of the next attempt, new or written by an earlier run; undefined if none is wanted any more. */
async function writeNext(db: Db, old: Attempt, method: string): Promise<string | undefined> {
  return transaction(db, async (tx) => {
    const order = await lockOrder(tx, old.eventId, old.orderId);
    if (order === undefined || order.status !== 'pending_payment') return undefined;
    const attempts = await findAttempts(tx, order);
    const last = attempts.at(-1);
    if (last === undefined || last.number >= attemptsPerOrderMax) return undefined;
    if (last.id !== old.id) return last.id;
    if (isOpen(last.status)) return undefined;
    const next = await insertAttempt(tx, order, { number: last.number + 1, method });
    return next?.id;
  });
}
