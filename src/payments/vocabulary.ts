/** The closed sets of the room. They are the check constraints of its tables, too. */

/** States of a transaction at its gateway that an attempt takes over. */
const statesTakenOver = [
  'pending',
  'review',
  'authorized',
  'captured',
  'settled',
  'denied',
  'failed',
  'expired',
  'cancelled',
] as const;

export const attemptStatuses = [
  'creating',
  'unknown',
  ...statesTakenOver,
  'voided',
  'reversed',
  'refunded',
  'partially_refunded',
  'charged_back',
] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

/** While an attempt is one of these, the gateway may still take the buyer's money for it: an order has at most one. */
export const openStatuses = ['creating', 'unknown', 'pending', 'review', 'authorized'] as const;

export function isOpen(status: AttemptStatus): boolean {
  return (openStatuses as readonly string[]).includes(status);
}

/** What a gateway may say of a transaction, whatever its own words are. */
export const gatewayStates = [
  'not_started',
  ...statesTakenOver,
  'refunded',
  'partially_refunded',
  'charged_back',
  'partially_charged_back',
] as const;
export type GatewayState = (typeof gatewayStates)[number];

export const refundReasons = [
  'requested',
  'buyer_cancelled',
  'late_payment',
  'double_payment',
  'underpaid',
  'surplus',
  'over_limit',
  'event_cancelled',
  'external',
  'wrong_facts',
] as const;
export type RefundReason = (typeof refundReasons)[number];

export const refundStatuses = ['requested', 'processing', 'done', 'failed', 'manual_required'] as const;

/**
 * gateway: money at the gateway. gateway_fees: the part of it that the gateway keeps as its fee from the buyer (negative =
 * kept); the two together are what it pays out. bank: money paid back by a person from the organiser's own account. sales, fees,
 * discounts: what was earned (negative = earned). refunds_due: what is owed to buyers (negative = owed). chargebacks: lost.
 */
export const ledgerAccounts = [
  'gateway',
  'gateway_fees',
  'bank',
  'sales',
  'fees',
  'discounts',
  'refunds_due',
  'chargebacks',
] as const;
export type LedgerAccount = (typeof ledgerAccounts)[number];

/** Work for a person. */
export type TaskKind =
  | 'refund_manual'
  /** A gateway said what cannot be believed, and took no money. */
  | 'wrong_facts'
  /** A gateway took money that fits nothing; the detail says how much, and it can be given back. */
  | 'money_taken'
  | 'contradiction'
  | 'chargeback'
  | 'partial_chargeback'
  | 'review'
  | 'payment_refused'
  /** The gateway does not say what became of a payment or a refund. */
  | 'gateway_silent';
