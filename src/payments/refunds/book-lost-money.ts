import { type Order, addFlag, refundOrder } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { endRefundSilence } from '../attempts/note-failed-look.ts';
import { changeAttempt } from '../attempts/queries.ts';
import {
  chargebackPosting,
  earned,
  partialChargebackPosting,
  refundPaidPosting,
  reversalPosting,
  unearnedPosting,
} from '../ledger/ledger.ts';
import { balancesOf, nextPosting, post } from '../ledger/queries.ts';
import { taskAmountNeeded } from '../errors.ts';
import { isEventAhead } from '../order-queries.ts';
import { changeRefund, findRefundsOfAttempt } from './queries.ts';
import { recordRefundPaid } from './record-refund-paid.ts';
import type { Attempt, Refund } from '../tables.ts';
import { closeTasksOfRefund, insertTask } from '../tasks/queries.ts';
import { isOwed } from '../vocabulary.ts';

/**
 * Books an attempt's money at the gateway as lost: the gateway voided the payment, the bank reversed it, or the buyer
 * charged it back. Refunds that were not sent yet fail. If the money had paid the order, its tickets are revoked. What a
 * person had paid back from the organiser's bank is lost as well, and a task says so.
 */
export async function bookLostMoney(tx: Db, order: Order, attempt: Attempt): Promise<Attempt> {
  const voided = await findOwnVoid(tx, attempt);
  if (voided !== undefined) {
    return recordRefundPaid(tx, attempt, voided, { from: 'gateway', confirmed: true, withFee: true });
  }
  const balances = await balancesOf(tx, attempt);
  const { gateway: atGateway = 0, bank = 0 } = balances;
  if (atGateway <= 0) {
    await dropOpenRefunds(tx, attempt);
    return attempt;
  }
  const posting = await nextPosting(tx, attempt, 'reversal');
  const isChargeback = attempt.status === 'charged_back';
  await post(tx, attempt, posting, isChargeback ? chargebackPosting(balances) : reversalPosting(balances));
  const changed = await changeAttempt(tx, attempt, {
    refunded: attempt.received,
    ...(isChargeback ? {} : { gatewayFee: 0 }),
  });
  await dropOpenRefunds(tx, attempt);
  if (earned(balances) > 0) {
    await addFlag(tx, order, isChargeback ? 'charged_back' : 'reversed');
    await refundOrder(tx, order, {
      restock: !isChargeback && (await isEventAhead(tx, order.eventId)),
      as: isChargeback ? 'refunded' : 'cancelled',
      reason: attempt.status,
    });
  }
  const lost = isChargeback ? atGateway : -bank;
  if (lost > 0) {
    await insertTask(tx, attempt, { kind: 'chargeback', subjectId: attempt.id, detail: { amount: lost } });
  }
  return changed;
}

/**
 * Books the part of a payment that the buyer's bank took back, in the caller's transaction that holds the locks of the order and
 * the attempt. The order stays paid and keeps its tickets; the part can no longer be refunded.
 * @param amount as a person has read it at the gateway
 * @throws DomainError task.amount_needed without an amount, or if the organiser has less of the payment
 */
export async function bookPartialLoss(
  tx: Db,
  order: Order,
  attempt: Attempt,
  amount: number | undefined,
): Promise<void> {
  const left = attempt.received - attempt.refunded - attempt.gatewayFee;
  if (amount === undefined || amount > left) throw taskAmountNeeded(left);
  if (amount === 0) return;
  await post(tx, attempt, await nextPosting(tx, attempt, 'reversal'), partialChargebackPosting(amount));
  await changeAttempt(tx, attempt, { refunded: attempt.refunded + amount });
  await addFlag(tx, order, 'partially_charged_back');
}

/**
 * The refund that was made by voiding a card payment: the gateway's answer to us was lost, or a person has done it at the
 * dashboard. If the refund said `failed`, somebody would pay it by hand as well.
 */
async function findOwnVoid(tx: Db, attempt: Attempt): Promise<Refund | undefined> {
  if (attempt.status !== 'voided') return undefined;
  const left = attempt.received - attempt.refunded - attempt.gatewayFee;
  const own = await findRefundsOfAttempt(tx, attempt);
  return own.find(({ status, amount, currency }) => isOwed(status) && amount === left && currency === attempt.currency);
}

/** Books money that arrived and was lost before we learned of either. The order does not change; the ledger shows both. */
export async function passMoneyThrough(tx: Db, attempt: Attempt, amount: number): Promise<Attempt> {
  const capture = unearnedPosting({ amount, fee: 0 });
  await post(tx, attempt, await nextPosting(tx, attempt, 'capture'), capture);
  await post(tx, attempt, await nextPosting(tx, attempt, 'reversal'), reversalPosting(capture));
  return changeAttempt(tx, attempt, { received: attempt.received + amount, refunded: attempt.refunded + amount });
}

async function dropOpenRefunds(tx: Db, attempt: Attempt): Promise<void> {
  for (const refund of await findRefundsOfAttempt(tx, attempt)) {
    if (!isOwed(refund.status)) continue;
    await changeRefund(tx, await endRefundSilence(tx, refund), {
      status: 'failed',
      failure: 'money_gone',
      checkInSeconds: null,
    });
    await closeTasksOfRefund(tx, refund);
    // Money in another currency than the order's is not in the attempt's received amount. Its own posting closes it.
    if (refund.currency !== attempt.currency) {
      await post(tx, attempt, `${refund.id}:reversed`, refundPaidPosting(refund.amount, 'gateway'), refund.currency);
    }
  }
}
