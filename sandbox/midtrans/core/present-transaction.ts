import { refundedAmount, type Transaction } from '../state.ts';

/** A transaction as scripts and audits read it. Times are RFC 3339 UTC, amounts whole rupiah. */
export function presentTransaction(transaction: Transaction): Record<string, unknown> {
  return {
    orderId: transaction.orderId,
    transactionId: transaction.transactionId,
    merchantId: transaction.merchantId,
    status: transaction.status,
    fraudStatus: transaction.fraudStatus,
    paymentType: transaction.paymentType,
    amount: transaction.grossAmount,
    currency: transaction.currency,
    captured: transaction.captured,
    refunded: refundedAmount(transaction),
    refunds: transaction.refunds,
    customer: transaction.customer,
    token: transaction.token,
    createdAt: new Date(transaction.createdAt).toISOString(),
    expiresAt: new Date(transaction.expiresAt).toISOString(),
    settledAt:
      transaction.settlementTime === undefined ? undefined : new Date(transaction.settlementTime).toISOString(),
  };
}
