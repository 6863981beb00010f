import { refusalsOf } from '../platform/errors.ts';

export const paymentProblems = {
  'callback.malformed': { status: 400, title: 'Callback not understood' },
  'callback.signature_invalid': { status: 400, title: 'Callback not signed' },
  'callback.too_large': { status: 413, title: 'Callback too large' },
  'payment.not_payable': { status: 409, title: 'Order not waiting for payment' },
  'payment.method_unavailable': { status: 409, title: 'Payment method not available' },
  'payment.too_many_attempts': { status: 409, title: 'Too many payment attempts' },
  'payment_account.not_found': { status: 404, title: 'No payment account' },
  'payment_account.payments_open': { status: 409, title: 'Payments still open' },
  'refund.not_refundable': { status: 409, title: 'Nothing to refund' },
  'refund.amount_exceeded': { status: 409, title: 'More than was paid' },
  'refund.tickets_unknown': { status: 409, title: 'Tickets not valid' },
  'task.not_found': { status: 404, title: 'Task not found' },
  'task.resolved': { status: 409, title: 'Task already done' },
  'task.refund_unavailable': { status: 409, title: 'Not refundable by the gateway' },
  'task.amount_needed': { status: 409, title: 'Amount needed' },
} as const;

export type PaymentErrorCode = keyof typeof paymentProblems;

const { refusal } = refusalsOf<PaymentErrorCode>();

export const callbackMalformed = () => refusal('callback.malformed', 'The body is not a payment notification.');

/** One answer for a wrong signature and for an organiser without an account. */
export const callbackSignatureInvalid = () =>
  refusal('callback.signature_invalid', 'The notification is not signed with the key of this account.');

export const callbackTooLarge = (bytesMax: number) =>
  refusal('callback.too_large', `A notification has at most ${bytesMax} bytes.`, { bytesMax });

export const paymentNotPayable = () =>
  refusal('payment.not_payable', 'The order is already paid, or its time to pay is over.');

export const paymentMethodUnavailable = (methods: readonly string[]) =>
  refusal(
    'payment.method_unavailable',
    'The remaining time is too short or the amount too high for this payment method; see methods.',
    { methods },
  );

export const paymentTooManyAttempts = (max: number) =>
  refusal('payment.too_many_attempts', `An order has at most ${max} payment attempts.`, { max });

export const paymentAccountNotFound = () => refusal('payment_account.not_found', 'No payment account has been set up.');

export const paymentAccountPaymentsOpen = () =>
  refusal(
    'payment_account.payments_open',
    'Buyers may still pay to the current account. Close the sales, and change the account once no order waits for payment.',
  );

export const refundNotRefundable = () =>
  refusal('refund.not_refundable', 'The order is not paid, or already fully refunded.');

/** `refundable`: the amount that can still be given back, in minor units. */
export const refundAmountExceeded = (refundable: number) =>
  refusal('refund.amount_exceeded', 'This is more than can still be refunded; see refundable.', { refundable });

export const refundTicketsUnknown = () =>
  refusal('refund.tickets_unknown', 'Some of these are not valid tickets of this order.');

export const taskNotFound = () => refusal('task.not_found', 'There is no such task.');

export const taskResolved = () => refusal('task.resolved', 'The task is already done.');

export const taskRefundUnavailable = () =>
  refusal('task.refund_unavailable', 'The gateway cannot refund this money; pay it back by hand.');

/** `max`: what the organiser still has of the payment, in minor units. */
export const taskAmountNeeded = (max: number) =>
  refusal('task.amount_needed', 'Say how much the bank took: 0 if nothing, and at most max.', { max });
