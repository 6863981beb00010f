import { type Order, addFlag, refundOrder } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import type { GatewayFact, GatewayRefund } from '../gateways/gateway.ts';
import { earned, refundDuePosting } from '../ledger/ledger.ts';
import { balancesOf, post } from '../ledger/queries.ts';
import { recordRefundPaid } from './record-refund-paid.ts';
import { findRefundsOfAttempt, insertRefund } from './queries.ts';
import type { Attempt, Refund } from '../tables.ts';
import { insertTask } from '../tasks/queries.ts';

/**
 * Compares the gateway's refunds with ours, in the caller's transaction that holds the locks of the order and the
 * attempt. Ours advance. A refund that we did not request was made by a person at the gateway, and gets a row of its
 * own.
 */
export async function syncRefunds(tx: Db, order: Order, attempt: Attempt, fact: GatewayFact): Promise<Attempt> {
  let current = attempt;
  for (const listed of refundsOf(fact, attempt)) {
    const own = await findRefundsOfAttempt(tx, current);
    const refund = ownRefund(own, listed) ?? (await recordExternal(tx, order, current, listed));
    if (refund === undefined) continue;
    if (refund.amount !== listed.amount) {
      // Our key with another amount: a person must check what the gateway refunded.
      const detail = { amount: listed.amount, asked: refund.amount, key: listed.key };
      await insertTask(tx, attempt, { kind: 'contradiction', subjectId: attempt.id, detail });
      continue;
    }
    current = await recordRefundPaid(tx, current, refund, {
      from: 'gateway',
      confirmed: listed.confirmed,
      gatewayRefundKey: listed.key,
    });
  }
  return current;
}

/** Some answers give a sum without a list. The unknown part of it then counts as one refund. */
function refundsOf(fact: GatewayFact, attempt: Attempt): readonly GatewayRefund[] {
  if (fact.refunds.length > 0) return fact.refunds;
  const total = fact.refundedTotal ?? (fact.state === 'refunded' ? fact.amount : 0);
  const amount = total - attempt.refunded;
  return amount > 0 ? [{ key: `unlisted-${total}`, amount, confirmed: false }] : [];
}

/** Matches by key, or by amount if a person was asked to pay it back and did so at the gateway's dashboard. */
function ownRefund(own: readonly Refund[], listed: GatewayRefund): Refund | undefined {
  return (
    own.find((refund) => refund.gatewayRefundKey === listed.key) ??
    own.find((refund) => refund.status === 'manual_required' && refund.amount === listed.amount)
  );
}

async function recordExternal(
  tx: Db,
  order: Order,
  attempt: Attempt,
  listed: GatewayRefund,
): Promise<Refund | undefined> {
  if (listed.amount > attempt.received - attempt.refunded) {
    const detail = { amount: listed.amount, left: attempt.received - attempt.refunded };
    await insertTask(tx, attempt, { kind: 'contradiction', subjectId: attempt.id, detail });
    return undefined;
  }
  const id = newId('rfd');
  const refund = await insertRefund(tx, attempt, {
    id,
    amount: listed.amount,
    reason: 'external',
    status: 'requested',
    gatewayRefundKey: listed.key,
    requestedBy: 'gateway',
  });
  const balances = await balancesOf(tx, attempt);
  await post(tx, attempt, `${id}:due`, refundDuePosting(balances, listed.amount));
  await addFlag(tx, order, 'external_refund');
  // A refund without tickets revokes none, unless nothing of the price is left.
  const isAll = listed.amount >= earned(balances);
  await refundOrder(tx, order, { restock: false, reason: 'external_refund', ...(isAll ? {} : { ticketIds: [] }) });
  return refund;
}
