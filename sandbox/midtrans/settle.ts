import type { Midtrans } from './midtrans.ts';
import { anyMethod, type PaymentType } from './snap/payment-types.ts';
import { isOpen, mayBecome, paidAmount, type Transaction, type TransactionStatus } from './state.ts';

/** The steps of a transaction that buyers, banks and time cause. Each returns undefined, or why it is not allowed. */

export type Refusal = Readonly<{ refused: string }>;

/** The buyer picks a method: from now on the API knows the transaction. */
export function chooseMethod(
  midtrans: Midtrans,
  transaction: Transaction,
  paymentType: PaymentType,
): Refusal | undefined {
  if (transaction.status === 'pending') {
    return transaction.paymentType === paymentType ? undefined : refused('another method was already picked');
  }
  if (transaction.status !== 'not_started') return refused(`it is ${transaction.status}`);
  midtrans.transactions.change(transaction, { status: 'pending', paymentType, transactionTime: midtrans.now() });
  midtrans.notifier.notify(transaction);
  return undefined;
}

/**
 * Money arrives. Cards are captured (`settleCard` settles them later), everything else settles at once. `late` allows money
 * after expiry or cancellation, as when a buyer has noted the number. `challenge` leaves a card to the merchant.
 */
export function pay(
  midtrans: Midtrans,
  transaction: Transaction,
  how: Readonly<{
    method?: PaymentType;
    late?: boolean;
    challenge?: boolean;
    stated?: Transaction['stated'] | undefined;
  }>,
): Refusal | undefined {
  if (how.stated !== undefined) midtrans.transactions.change(transaction, { stated: how.stated });
  const late = how.late === true && (transaction.status === 'expire' || transaction.status === 'cancel');
  if (!isOpen(transaction) && !late) return refused(`it is ${transaction.status}`);
  if (!late) {
    const refusal = chooseMethod(
      midtrans,
      transaction,
      how.method ?? transaction.paymentType ?? anyMethod(transaction.enabledPayments),
    );
    if (refusal !== undefined) return refusal;
  }
  const paymentType = transaction.paymentType ?? how.method ?? anyMethod(transaction.enabledPayments);
  const now = midtrans.now();
  const base = { paymentType, transactionTime: transaction.transactionTime ?? now };
  if (paymentType !== 'credit_card') {
    take(midtrans, transaction, { ...base, status: 'settlement', settlementTime: now, captured: true });
  } else if (how.challenge === true) {
    midtrans.transactions.change(transaction, { ...base, status: 'capture', fraudStatus: 'challenge' });
  } else {
    take(midtrans, transaction, { ...base, status: 'capture', fraudStatus: 'accept', captured: true });
  }
  midtrans.notifier.notify(transaction);
  return undefined;
}

/** The merchant accepts a challenged card: now the money is taken. */
export function approve(midtrans: Midtrans, transaction: Transaction): Refusal | undefined {
  if (transaction.status !== 'capture' || transaction.fraudStatus !== 'challenge')
    return refused('it is not in challenge');
  take(midtrans, transaction, { fraudStatus: 'accept', captured: true });
  midtrans.notifier.notify(transaction);
  return undefined;
}

/** A captured card payment settles, usually a day later. */
export function settleCard(midtrans: Midtrans, transaction: Transaction): Refusal | undefined {
  if (transaction.status !== 'capture' || !transaction.captured) return refused(`it is ${transaction.status}`);
  midtrans.transactions.change(transaction, { status: 'settlement', settlementTime: midtrans.now() });
  midtrans.notifier.notify(transaction);
  return undefined;
}

/** The bank or the merchant refuses an open payment, or a challenged card. */
export function deny(midtrans: Midtrans, transaction: Transaction): Refusal | undefined {
  if (transaction.status === 'not_started') chooseMethod(midtrans, transaction, 'credit_card');
  const challenged = transaction.status === 'capture' && transaction.fraudStatus === 'challenge';
  if (transaction.status !== 'pending' && !challenged) return refused(`it is ${transaction.status}`);
  return end(midtrans, transaction, 'deny');
}

/** Takes a settled payment back, as Permata, Mandiri and Indomaret may within minutes. */
export function reverse(midtrans: Midtrans, transaction: Transaction): Refusal | undefined {
  if (transaction.status !== 'settlement') return refused(`it is ${transaction.status}`);
  return end(midtrans, transaction, 'deny', 'reversal');
}

/** Cancels what is pending, or voids a card capture before it settles. */
export function cancel(midtrans: Midtrans, transaction: Transaction): Refusal | undefined {
  return end(midtrans, transaction, 'cancel', transaction.captured ? 'void' : undefined);
}

/** Closes an open transaction. If no method was picked, no callback is sent. */
export function expire(midtrans: Midtrans, transaction: Transaction): Refusal | undefined {
  const silent = transaction.status === 'not_started';
  if (!mayBecome(transaction.status, 'expire')) return refused(`it is ${transaction.status}`);
  midtrans.transactions.change(transaction, { status: 'expire' });
  if (!silent) midtrans.notifier.notify(transaction);
  return undefined;
}

/** The cardholder's bank takes the money back. */
export function chargeBack(midtrans: Midtrans, transaction: Transaction): Refusal | undefined {
  if (transaction.paymentType !== 'credit_card') return refused('only cards are charged back');
  return end(midtrans, transaction, 'chargeback', 'chargeback');
}

function end(
  midtrans: Midtrans,
  transaction: Transaction,
  status: TransactionStatus,
  givenBackAs?: 'void' | 'reversal' | 'chargeback',
): Refusal | undefined {
  if (!mayBecome(transaction.status, status)) return refused(`it is ${transaction.status}`);
  const money = givenBackAs && { kind: givenBackAs, ...moneyOf(transaction), external: givenBackAs !== 'void' };
  midtrans.transactions.change(transaction, { status, captured: false }, money);
  midtrans.notifier.notify(transaction);
  return undefined;
}

function take(midtrans: Midtrans, transaction: Transaction, patch: Partial<Transaction>): void {
  const paymentType = patch.paymentType ?? transaction.paymentType;
  midtrans.transactions.change(transaction, patch, { kind: 'capture', ...moneyOf(transaction), paymentType });
}

function moneyOf(transaction: Transaction): Record<string, unknown> {
  return {
    merchantId: transaction.merchantId,
    amount: statedMinor(transaction) ?? paidAmount(transaction),
    currency: transaction.stated?.currency ?? transaction.currency,
  };
}

/** An amount that a script had stated, in the smallest unit in use of its currency. */
function statedMinor({ stated }: Transaction): number | undefined {
  if (stated?.grossAmount === undefined && stated?.currency === undefined) return undefined;
  if (stated.grossAmount === undefined) return undefined;
  const isRupiah = (stated.currency ?? 'IDR') === 'IDR';
  return Math.floor(Number(stated.grossAmount) * (isRupiah ? 1 : 100));
}

function refused(reason: string): Refusal {
  return { refused: reason };
}
