import { type Order, addFlag, refundOrder } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { endRefundSilence } from '../attempts/note-failed-look.ts';
import { findAttempts } from '../attempts/queries.ts';
import type { GatewayFact, GatewayRefund } from '../gateways/gateway.ts';
import { earned, refundDuePosting } from '../ledger/ledger.ts';
import { balancesOf, post } from '../ledger/queries.ts';
import { openRefund } from './open-refund.ts';
import { recordRefundPaid } from './record-refund-paid.ts';
import { changeRefund, findRefundsOfAttempt, insertRefund } from './queries.ts';
import type { Attempt, Refund } from '../tables.ts';
import { closeTasksOfRefund, insertTask } from '../tasks/queries.ts';
import { isOwed } from '../vocabulary.ts';

/**
 * Compares the gateway's refunds with ours, in the caller's transaction that holds the locks of the order and the
 * attempt. Ours advance. A refund that we did not request was made by a person at the gateway, and gets a row of its
 * own.
 */
export async function syncRefunds(tx: Db, order: Order, attempt: Attempt, fact: GatewayFact): Promise<Attempt> {
  let current = attempt;
  for (const listed of fact.refunds) current = await syncRefund(tx, order, current, listed);
  const rest = unlisted(fact, current);
  return rest === undefined ? current : syncRefund(tx, order, current, rest);
}

async function syncRefund(tx: Db, order: Order, attempt: Attempt, listed: GatewayRefund): Promise<Attempt> {
  const own = await findRefundsOfAttempt(tx, attempt);
  const refund = ownRefund(own, attempt, listed) ?? (await recordExternal(tx, order, attempt, { listed, own }));
  if (refund === undefined) return attempt;
  if (refund.amount !== listed.amount) {
    // Our key with another amount: a person must check what the gateway refunded.
    const detail = { amount: listed.amount, asked: refund.amount, key: listed.key };
    await insertTask(tx, attempt, { kind: 'contradiction', subjectId: attempt.id, detail });
    return attempt;
  }
  return recordRefundPaid(tx, attempt, refund, {
    from: 'gateway',
    confirmed: listed.confirmed,
    gatewayRefundKey: listed.key,
  });
}

/** Some answers give a sum without a list, or list a refund without its key. What is not listed then counts as one refund. */
function unlisted({ refunds, refundedTotal, state, amount }: GatewayFact, attempt: Attempt): GatewayRefund | undefined {
  const listed = sumOf(refunds);
  const total = refundedTotal ?? (state === 'refunded' && listed === 0 ? amount : listed);
  const rest = Math.min(total - listed, total - attempt.refunded);
  return rest > 0 ? { key: `unlisted-${total}`, amount: rest, confirmed: false } : undefined;
}

/**
 * Matches by key, or by amount if somebody has done at the gateway's dashboard what we still owe: because a person was
 * asked to, or because the gateway put our refund off, for example for lack of balance. Ours is still to come only if
 * the gateway has enough for both.
 */
function ownRefund(own: readonly Refund[], attempt: Attempt, listed: GatewayRefund): Refund | undefined {
  const isEnough = listed.amount + sumOf(owed(own, attempt)) <= attempt.received - attempt.refunded;
  return (
    own.find((refund) => refund.gatewayRefundKey === listed.key) ??
    owed(own, attempt).find(
      ({ status, amount }) => amount === listed.amount && (status === 'manual_required' || !isEnough),
    )
  );
}

/** Refunds of the attempt's money that are still to be paid. */
function owed(own: readonly Refund[], { currency }: Attempt): Refund[] {
  return own.filter((refund) => isOwed(refund.status) && refund.currency === currency);
}

const sumOf = (refunds: readonly { readonly amount: number }[]): number =>
  refunds.reduce((sum, { amount }) => sum + amount, 0);

async function recordExternal(
  tx: Db,
  order: Order,
  attempt: Attempt,
  { listed, own }: { readonly listed: GatewayRefund; readonly own: readonly Refund[] },
): Promise<Refund | undefined> {
  const left = attempt.received - attempt.refunded;
  // More than is left can go only if a person has paid the buyer from the organiser's bank as well.
  const lost = Math.max(0, listed.amount - left);
  if (lost > 0) {
    const detail = { amount: listed.amount, left };
    await insertTask(tx, attempt, { kind: 'contradiction', subjectId: attempt.id, detail });
    const { gateway: atGateway = 0 } = await balancesOf(tx, attempt);
    if (listed.amount > atGateway) return undefined;
  }
  const kept = await keptOf(tx, order);
  const isEnough = listed.amount + sumOf(owed(own, attempt)) <= left;
  const replaced = isEnough ? [] : await withdraw(tx, attempt, owed(own, attempt));
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
  const due = { ...refundDuePosting(balances, listed.amount - lost), chargebacks: lost, refunds_due: -listed.amount };
  await post(tx, attempt, `${id}:due`, due);
  await addFlag(tx, order, 'external_refund');
  await openRest(tx, { order, attempt, replaced, given: listed.amount });
  await giveUp(tx, order, kept);
  return refund;
}

/** The part of an order's price that it has earned and still has, from all of its attempts. */
async function keptOf(tx: Db, order: Order): Promise<number> {
  let kept = 0;
  for (const attempt of await findAttempts(tx, order)) {
    const balances = await balancesOf(tx, attempt);
    kept += earned(balances) - (balances.chargebacks ?? 0);
  }
  return kept;
}

/**
 * Revokes the tickets of an order that has nothing of its price left. A refund of a part revokes none. What was owed anyway,
 * such as a second payment, does not change the order.
 * @param before what the order had of its price before the refund
 */
async function giveUp(tx: Db, order: Order, before: number): Promise<void> {
  const left = await keptOf(tx, order);
  if (left > 0 && left >= before) return;
  await refundOrder(tx, order, {
    restock: false,
    reason: 'external_refund',
    ...(left > 0 ? { ticketIds: [], as: 'partially_refunded' as const } : {}),
  });
}

/**
 * Withdraws refunds because somebody has given the buyer other amounts at the dashboard, and the gateway has not enough
 * for both. Their money counts as earned again, and the refund at the dashboard takes it from there.
 */
async function withdraw(tx: Db, attempt: Attempt, refunds: readonly Refund[]): Promise<readonly Refund[]> {
  for (const refund of refunds) {
    const end = { status: 'failed', failure: 'refunded_at_dashboard', checkInSeconds: null } as const;
    await changeRefund(tx, await endRefundSilence(tx, refund), end);
    await closeTasksOfRefund(tx, refund);
    await post(tx, attempt, `${refund.id}:withdrawn`, { refunds_due: refund.amount, sales: -refund.amount });
  }
  return refunds;
}

/** Opens a refund of what the withdrawn ones had promised beyond the amount that was given at the dashboard. */
async function openRest(
  tx: Db,
  rest: {
    readonly order: Order;
    readonly attempt: Attempt;
    readonly replaced: readonly Refund[];
    readonly given: number;
  },
): Promise<void> {
  const { order, attempt, replaced, given } = rest;
  const amount = sumOf(replaced) - given;
  const [first] = replaced;
  if (first === undefined || amount <= 0) return;
  const { reason, requestedBy } = first;
  await openRefund(tx, { order, attempt, amount, reason, requestedBy, money: 'earned' });
}
