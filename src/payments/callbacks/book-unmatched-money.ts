import { type Order, addFlag } from '../../orders/index.ts';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { changeAttempt } from '../attempts/queries.ts';
import { checkAfterSeconds } from '../attempts/check-plan.ts';
import type { GatewayFact } from '../gateways/gateway.ts';
import { unearnedPosting } from '../ledger/ledger.ts';
import { nextPosting, post } from '../ledger/queries.ts';
import { moneyReceived, refundsEnded, wrongFacts } from '../metrics.ts';
import { insertRefund } from '../refunds/queries.ts';
import type { Attempt } from '../tables.ts';
import { closeTaskOf, reopenTask } from '../tasks/queries.ts';

/**
 * Books money that a gateway says it took for an attempt with facts that cannot be right: another currency, another
 * merchant, or a fraction that the currency does not have. The money pays for nothing. It is booked as owed in the
 * currency that it came in. A task names the amount, the gateway and the reason, and can give the money back. The
 * caller's transaction holds the order's and the attempt's lock.
 */
export async function bookUnmatchedMoney(
  tx: Db,
  { order, attempt }: { readonly order: Order; readonly attempt: Attempt },
  fact: GatewayFact,
  reason: string,
): Promise<{ readonly kind: 'applied'; readonly outcome: string }> {
  afterCommit(tx, () => wrongFacts.inc({ reason }));
  afterCommit(tx, () => moneyReceived.inc({ outcome: 'wrong_facts' }));
  const isOwnCurrency = fact.currency === attempt.currency;
  const status = fact.state === 'captured' ? 'captured' : 'settled';
  const taken = await changeAttempt(tx, attempt, {
    status,
    failure: reason,
    gatewayReference: fact.gatewayReference,
    ...(fact.method === undefined ? {} : { method: fact.method }),
    ...(isOwnCurrency ? { received: attempt.received + fact.amount } : {}),
    checks: 0,
    checkInSeconds: checkAfterSeconds(status, fact.method ?? attempt.method),
  });
  await addFlag(tx, order, 'wrong_facts');
  // An earlier task about the same facts, for example from a number to pay to, is merged into this one.
  await closeTaskOf(tx, attempt.eventId, 'wrong_facts', attempt.id);
  if (fact.amount > 0) await owe(tx, taken, fact, reason);
  return { kind: 'applied', outcome: reason };
}

async function owe(tx: Db, attempt: Attempt, fact: GatewayFact, reason: string): Promise<void> {
  const posting = await nextPosting(tx, attempt, 'capture');
  await post(tx, attempt, posting, unearnedPosting({ amount: fact.amount, fee: 0 }), fact.currency);
  const id = newId('rfd');
  await insertRefund(tx, attempt, {
    id,
    amount: fact.amount,
    currency: fact.currency,
    reason: 'wrong_facts',
    status: 'manual_required',
    gatewayRefundKey: id,
    requestedBy: 'system',
  });
  afterCommit(tx, () => refundsEnded.inc({ status: 'manual_required' }));
  await reopenTask(tx, attempt, {
    kind: 'money_taken',
    subjectId: id,
    detail: describeMoney(attempt.gateway, fact, reason),
  });
}

/** The details of unmatched money that a person must know. */
export function describeMoney(gateway: string, fact: GatewayFact, reason: string): Record<string, string | number> {
  return {
    reason,
    amount: fact.amount,
    currency: fact.currency,
    statedAmount: fact.statedAmount,
    gateway,
    gatewayReference: fact.gatewayReference,
    gatewayOrderId: fact.attemptId,
    merchantId: fact.merchantId,
    method: fact.method ?? 'unknown',
  };
}
