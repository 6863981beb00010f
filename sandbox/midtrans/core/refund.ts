import type { Midtrans } from '../midtrans.ts';
import { paymentFacts } from '../snap/payment-types.ts';
import { paidAmount, refundedAmount, type Refund, type Transaction } from '../state.ts';

/** The time from acceptance to the bank's confirmation, times the time scale. */
const bankConfirmationMs = 3000;

export type RefundWish = Readonly<{ key: string; amount?: number; reason: string; external: boolean }>;

/** Refused refunds carry the API's status code: 406 key used, 412 state or way to pay, 414 amount. */
export type RefundAnswer =
  | Readonly<{ refund: Refund }>
  | Readonly<{ statusCode: '406' | '412' | '414'; message: string }>;

/** Refunds money: allowed from settlement, once per key, never more than was paid. The callback comes twice. */
export function refund(midtrans: Midtrans, transaction: Transaction, wish: RefundWish): RefundAnswer {
  if (transaction.status !== 'settlement' && transaction.status !== 'partial_refund') {
    return no('412', 'Transaction status cannot be updated.');
  }
  const refundability = transaction.paymentType === undefined ? 'none' : paymentFacts[transaction.paymentType].refund;
  if (refundability === 'none' && !wish.external) return no('412', 'Refund is not supported by this payment method.');
  if (transaction.refunds.some(({ key }) => key === wish.key)) return no('406', 'Refund key has been used.');
  const left = paidAmount(transaction) - refundedAmount(transaction);
  const amount = wish.amount ?? left;
  if (amount <= 0 || amount > left) return no('414', 'Refund amount exceeds what is left of the transaction.');
  if (amount < left && refundability === 'full') return no('414', 'This payment method refunds the whole amount only.');

  const made: Refund = {
    id: midtrans.transactions.size() * 1000 + transaction.refunds.length + 1,
    key: wish.key,
    amount,
    reason: wish.reason,
    createdAt: midtrans.now(),
    external: wish.external,
  };
  midtrans.transactions.change(
    transaction,
    { status: amount === left ? 'refund' : 'partial_refund', refunds: [...transaction.refunds, made] },
    {
      kind: 'refund',
      merchantId: transaction.merchantId,
      amount,
      currency: transaction.currency,
      refundKey: wish.key,
      external: wish.external,
    },
  );
  midtrans.notifier.notify(transaction);
  midtrans.scheduler.later(bankConfirmationMs * midtrans.settings.timeScale, () =>
    confirmRefund(midtrans, transaction, made.key),
  );
  return { refund: made };
}

/** The bank confirms: the same callback again, now with `bank_confirmed_at`. */
export function confirmRefund(midtrans: Midtrans, transaction: Transaction, key: string): void {
  const refunds = transaction.refunds.map((refund) =>
    refund.key === key && refund.bankConfirmedAt === undefined
      ? { ...refund, bankConfirmedAt: midtrans.now() }
      : refund,
  );
  midtrans.transactions.change(transaction, { refunds });
  midtrans.notifier.notify(transaction);
}

function no(statusCode: '406' | '412' | '414', message: string): RefundAnswer {
  return { statusCode, message };
}
