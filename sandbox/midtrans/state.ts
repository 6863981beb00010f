import type { PaymentType } from './snap/payment-types.ts';

/** The life of one Midtrans transaction: its fields, and which step may follow which. */

export type TransactionStatus =
  | 'not_started'
  | 'pending'
  | 'capture'
  | 'settlement'
  | 'deny'
  | 'cancel'
  | 'expire'
  | 'refund'
  | 'partial_refund'
  | 'chargeback';

export type FraudStatus = 'accept' | 'challenge' | 'deny';

export type Refund = Readonly<{
  id: number;
  key: string;
  /** Whole rupiah. */
  amount: number;
  reason: string;
  createdAt: number;
  bankConfirmedAt?: number;
  /** Made at the gateway's dashboard and not by the merchant's API call. */
  external: boolean;
}>;

/** All times are epoch milliseconds, all amounts whole rupiah. */
export type Transaction = {
  readonly transactionId: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly token: string;
  /** The merchant's request. */
  readonly grossAmount: number;
  /** What the gateway adds for itself, as the account allows. */
  readonly buyerFee?: number;
  readonly currency: 'IDR';
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly customer: Readonly<{ name?: string; email?: string; phone?: string }>;
  readonly items: readonly Readonly<{ name: string; price: number; quantity: number }>[];
  readonly enabledPayments: readonly string[];
  readonly notificationUrls: readonly string[];
  readonly finishUrl?: string;
  readonly customFields: Readonly<Record<string, string>>;
  status: TransactionStatus;
  fraudStatus?: FraudStatus;
  paymentType?: PaymentType;
  /** When the buyer chose the method; before that the API says the transaction does not exist. */
  transactionTime?: number;
  settlementTime?: number;
  /** Money is with the gateway: set by a capture or settlement, cleared by a void or reversal. */
  captured: boolean;
  /** Values that a script states instead of the real ones, in notifications, status answers and the journal. */
  stated?: Readonly<{ currency?: string; merchantId?: string; grossAmount?: string }>;
  refunds: readonly Refund[];
};

/** The statuses that a transaction may have before the key. The acts check `late` and sums of refunds. */
const sources: Record<TransactionStatus, readonly TransactionStatus[]> = {
  not_started: [],
  pending: ['not_started'],
  capture: ['pending', 'capture'],
  settlement: ['pending', 'capture'],
  deny: ['pending', 'settlement', 'capture'],
  cancel: ['pending', 'capture'],
  expire: ['pending', 'not_started'],
  refund: ['settlement', 'partial_refund'],
  partial_refund: ['settlement', 'partial_refund'],
  chargeback: ['settlement', 'capture'],
};

export function mayBecome(from: TransactionStatus, to: TransactionStatus): boolean {
  return sources[to].includes(from);
}

/** True while money can still be paid in. */
export function isOpen(transaction: Pick<Transaction, 'status'>): boolean {
  return transaction.status === 'not_started' || transaction.status === 'pending';
}

/** An order_id may be used again while no method was chosen, and after expire or cancel. */
export function mayReuseOrderId(status: TransactionStatus): boolean {
  return status === 'not_started' || status === 'expire' || status === 'cancel';
}

/** The buyer's whole payment. */
export function paidAmount({ grossAmount, buyerFee = 0 }: Pick<Transaction, 'grossAmount' | 'buyerFee'>): number {
  return grossAmount + buyerFee;
}

export function refundedAmount(transaction: Pick<Transaction, 'refunds'>): number {
  return transaction.refunds.reduce((sum, refund) => sum + refund.amount, 0);
}

/** The `status_code` of a callback that reports this state. */
export function callbackStatusCode(status: TransactionStatus, fraudStatus: FraudStatus | undefined): string {
  if (status === 'pending') return '201';
  if (status === 'capture' && fraudStatus === 'challenge') return '201';
  return status === 'deny' || status === 'cancel' || status === 'expire' ? '202' : '200';
}

/** The `status_code` of an API answer that reports this state; expiry is 407 there, cancellation 200. */
export function apiStatusCode(status: TransactionStatus, fraudStatus: FraudStatus | undefined): string {
  if (status === 'expire') return '407';
  return status === 'cancel' ? '200' : callbackStatusCode(status, fraudStatus);
}
