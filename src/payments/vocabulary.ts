/** The closed sets of the room, which are also the check constraints of its tables. */

/** The gateway's states of a transaction that an attempt adopts. */
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

/**
 * In these states the gateway may still take the buyer's money for an attempt. An order has at most one such attempt.
 */
export const openStatuses = ['creating', 'unknown', 'pending', 'review', 'authorized'] as const;

export function isOpen(status: AttemptStatus): boolean {
  return (openStatuses as readonly string[]).includes(status);
}

/** The gateway has not told yet that it made the attempt. */
export function isUnmade(status: AttemptStatus): boolean {
  return status === 'creating' || status === 'unknown';
}

/** The states of a transaction that a gateway may report, whatever its own words are. */
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
export type RefundStatus = (typeof refundStatuses)[number];

/** The money of such a refund is still to be paid. */
export function isOwed(status: RefundStatus): boolean {
  return status === 'requested' || status === 'manual_required';
}

/**
 * gateway: money at the gateway. gateway_fees: the part of it that the gateway keeps as its fee from the buyer (negative =
 * kept); the two together are what it pays out. bank: money paid back by a person from the organiser's own account. sales, fees,
 * discounts: what was earned (negative = earned). refunds_due: what is owed to buyers (negative = owed). chargebacks: lost, to a
 * chargeback or because a payment went back twice.
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
export const taskKinds = [
  'refund_manual',
  /** A gateway reported something that cannot be right, and took no money. */
  'wrong_facts',
  /** A gateway took money that fits nothing. The detail names the amount, which can be given back. */
  'money_taken',
  'contradiction',
  'chargeback',
  'partial_chargeback',
  'review',
  'payment_refused',
  /** The gateway does not report the outcome of a payment or a refund. */
  'gateway_silent',
] as const;
export type TaskKind = (typeof taskKinds)[number];
