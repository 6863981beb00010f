import { type Order, lockOrder } from '../../orders/index.ts';
import { invariant } from '../../platform/assert.ts';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { eventIdOf, orderIdOf } from '../../platform/ids.ts';
import { type AttemptPatch, changeAttempt, lockAttempt } from '../attempts/queries.ts';
import type { Decision } from '../attempts/attempt-moves.ts';
import { checkAfterSeconds } from '../attempts/check-plan.ts';
import { type GatewayAccount, type GatewayFact, isPaying } from '../gateways/gateway.ts';
import type { Receipt } from '../ledger/ledger.ts';
import { closeAgainSeconds } from '../limits.ts';
import { bookLostMoney, passMoneyThrough } from '../refunds/book-lost-money.ts';
import { wrongFacts } from '../metrics.ts';
import { type Trust, nextAttemptState } from '../attempts/next-attempt-state.ts';
import { receiveMoney } from './receive-money.ts';
import { isAllBack } from '../refunds/record-refund-paid.ts';
import { syncRefunds } from '../refunds/sync-refunds.ts';
import { bookUnmatchedMoney } from './book-unmatched-money.ts';
import type { Attempt } from '../tables.ts';
import { insertTask } from '../tasks/queries.ts';
import { isOpen } from '../vocabulary.ts';

export type Applied =
  | { readonly kind: 'applied' | 'ignored' | 'refused'; readonly outcome: string }
  /** Only the gateway itself can say. */
  | { readonly kind: 'read_back' }
  /** The attempt was closed here, but the gateway still takes money for it. */
  | { readonly kind: 'close_again' };

export type Locked = { readonly order: Order; readonly attempt: Attempt };

/** Locks an attempt's order and then the attempt, in the lock order of this room. */
export async function lockAttemptAndOrder(tx: Db, attemptId: string): Promise<Locked | undefined> {
  const order = await lockOrder(tx, eventIdOf(attemptId), orderIdOf(attemptId));
  const attempt = order === undefined ? undefined : await lockAttempt(tx, attemptId);
  return order === undefined || attempt === undefined ? undefined : { order, attempt };
}

/**
 * Applies a gateway's fact to an attempt and its order, in the caller's transaction that has locked both. Safe to
 * repeat, and safe in any order (`nextAttemptState`).
 */
export async function applyFact(
  tx: Db,
  locked: Locked,
  fact: GatewayFact,
  how: { readonly trust: Trust; readonly account: AccountFacts; readonly proven?: boolean },
): Promise<Applied> {
  const { attempt } = locked;
  invariant(fact.attemptId === attempt.id, 'a fact is applied to its own attempt');
  const wrong = wrongFact(attempt, fact, how.account);
  if (wrong !== undefined) {
    // Money may have been taken, and only the gateway's own answer counts for that.
    if (how.trust === 'callback' && isPaying(fact)) return { kind: 'read_back' };
    const isTaken = isPaying(fact) && isOpenOrClosed(attempt);
    return isTaken ? bookUnmatchedMoney(tx, locked, fact, wrong) : refuse(tx, attempt, fact, wrong);
  }
  const receipt = { amount: fact.amount, fee: gatewayFeeOf(attempt, fact, how.account) };
  // The amount is signed, so this cannot happen. If it does, only the gateway's own answer counts.
  if (how.trust === 'callback' && isPaying(fact) && receipt.amount - receipt.fee !== attempt.amount) {
    return { kind: 'read_back' };
  }

  const decision = nextAttemptState(attempt.status, fact, how.trust, how.proven ?? false);
  switch (decision.kind) {
    case 'move':
      await moveAttempt(tx, locked, { ...fact, receipt }, decision);
      await nameWork(tx, attempt, fact);
      return { kind: 'applied', outcome: decision.to };
    case 'ignore':
      await keepInstructions(tx, attempt, fact);
      await nameWork(tx, attempt, fact);
      return { kind: 'ignored', outcome: decision.reason };
    case 'refuse':
      return refuse(tx, attempt, fact, decision.reason);
    case 'contradiction':
      await insertTask(tx, attempt, { kind: 'contradiction', subjectId: attempt.id, detail: { said: fact.state } });
      return { kind: 'ignored', outcome: decision.reason };
    case 'close_again':
      // Written together with the finding, so that the reconciler continues if this process ends before it has closed
      // anything.
      await changeAttempt(tx, attempt, { checkInSeconds: closeAgainSeconds });
      return decision;
    case 'read_back':
      return decision;
  }
}

type AccountFacts = Pick<GatewayAccount, 'merchantId' | 'buyerPaysFee'>;

/**
 * The part of a fact that cannot be about this attempt; undefined for findings that were reported and booked before.
 */
export function wrongFact(attempt: Attempt, fact: GatewayFact, account: AccountFacts): string | undefined {
  const wrong = [
    ...(fact.currency === attempt.currency ? [] : ['wrong_currency']),
    ...(fact.merchantId === account.merchantId ? [] : ['wrong_merchant']),
    ...(fact.isExact ? [] : ['wrong_precision']),
  ];
  return wrong[0] === attempt.failure ? undefined : wrong[0];
}

/**
 * The part of the taken money that the gateway keeps as its fee from the buyer. It is neither ours nor a surplus. If
 * the gateway does not state it, the fee is the amount that the account adds to our total.
 */
function gatewayFeeOf(attempt: Attempt, fact: GatewayFact, { buyerPaysFee }: AccountFacts): number {
  return fact.fee ?? (buyerPaysFee ? Math.max(0, fact.amount - attempt.amount) : 0);
}

/** None of its money has been booked yet. */
function isOpenOrClosed({ status, received }: Attempt): boolean {
  return received === 0 && (isOpen(status) || ['denied', 'failed', 'expired', 'cancelled'].includes(status));
}

export async function refuse(tx: Db, attempt: Attempt, fact: GatewayFact, reason: string): Promise<Applied> {
  afterCommit(tx, () => wrongFacts.inc({ reason }));
  const detail = { reason, said: fact.state };
  await insertTask(tx, attempt, { kind: 'wrong_facts', subjectId: attempt.id, detail });
  return { kind: 'refused', outcome: reason };
}

async function moveAttempt(
  tx: Db,
  { order, attempt }: Locked,
  fact: GatewayFact & { readonly receipt: Receipt },
  { to, effects }: Extract<Decision, { readonly kind: 'move' }>,
): Promise<void> {
  let current = await changeAttempt(tx, attempt, {
    status: to,
    ...patchOf(attempt, fact),
    checks: 0,
    checkInSeconds: checkAfterSeconds(to, fact.method ?? attempt.method),
  });
  for (const effect of effects) {
    switch (effect) {
      case 'receive':
        current = await receiveMoney(tx, order, current, fact.receipt);
        break;
      case 'book_loss':
        current = await bookLostMoney(tx, order, current);
        break;
      case 'sync_refunds':
        current = await syncRefunds(tx, order, current, fact);
        break;
      case 'pass_through':
        current = await passMoneyThrough(tx, current, fact.amount);
        break;
    }
  }
  // The gateway calls it partial because it has kept its own fee. Everything that the organiser owed back has gone
  // back.
  if (current.status === 'partially_refunded' && isAllBack(current))
    await changeAttempt(tx, current, { status: 'refunded' });
}

function patchOf(attempt: Attempt, fact: GatewayFact): AttemptPatch {
  return {
    gatewayReference: fact.gatewayReference,
    instructions: { ...attempt.instructions, ...fact.instructions },
    ...(fact.method === undefined ? {} : { method: fact.method }),
  };
}

/** A repeated `pending` may bring the number to pay to. */
async function keepInstructions(tx: Db, attempt: Attempt, fact: GatewayFact): Promise<void> {
  if (!isOpen(attempt.status) || fact.state !== 'pending' || Object.keys(fact.instructions).length === 0) return;
  await changeAttempt(tx, attempt, patchOf(attempt, fact));
}

async function nameWork(tx: Db, attempt: Attempt, fact: GatewayFact): Promise<void> {
  if (fact.state === 'review' && isOpen(attempt.status)) {
    await insertTask(tx, attempt, { kind: 'review', subjectId: attempt.id, detail: { amount: fact.amount } });
  }
  if (fact.state === 'partially_charged_back') {
    const { id: subjectId, currency } = attempt;
    await insertTask(tx, attempt, { kind: 'partial_chargeback', subjectId, detail: { currency } });
  }
}
