import { DomainError } from '../platform/errors.ts';

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

type Refusal = DomainError<PaymentErrorCode>;

export const callbackMalformed = (): Refusal =>
  new DomainError('callback.malformed', 'The body is not a payment notification.');

/** One answer for a wrong signature and for an organiser without an account. */
export const callbackSignatureInvalid = (): Refusal =>
  new DomainError('callback.signature_invalid', 'The notification is not signed with the key of this account.');

export const callbackTooLarge = (bytesMax: number): Refusal =>
  new DomainError('callback.too_large', `A notification has at most ${bytesMax} bytes.`, { details: { bytesMax } });

export const paymentNotPayable = (): Refusal =>
  new DomainError('payment.not_payable', 'The order is already paid, or its time to pay is over.');

export const paymentMethodUnavailable = (methods: readonly string[]): Refusal =>
  new DomainError(
    'payment.method_unavailable',
    'The remaining time is too short or the amount too high for this payment method; see methods.',
    {
      details: { methods },
    },
  );

export const paymentTooManyAttempts = (max: number): Refusal =>
  new DomainError('payment.too_many_attempts', `An order has at most ${max} payment attempts.`, { details: { max } });

export const paymentAccountNotFound = (): Refusal =>
  new DomainError('payment_account.not_found', 'No payment account has been set up.');

export const paymentAccountPaymentsOpen = (): Refusal =>
  new DomainError(
    'payment_account.payments_open',
    'Buyers may still pay to the current account. Close the sales, and change the account once no order waits for payment.',
  );

export const refundNotRefundable = (): Refusal =>
  new DomainError('refund.not_refundable', 'The order is not paid, or already fully refunded.');

/** `refundable`: the amount that can still be given back, in minor units. */
export const refundAmountExceeded = (refundable: number): Refusal =>
  new DomainError('refund.amount_exceeded', 'This is more than can still be refunded; see refundable.', {
    details: { refundable },
  });

export const refundTicketsUnknown = (): Refusal =>
  new DomainError('refund.tickets_unknown', 'Some of these are not valid tickets of this order.');

export const taskNotFound = (): Refusal => new DomainError('task.not_found', 'There is no such task.');

export const taskResolved = (): Refusal => new DomainError('task.resolved', 'The task is already done.');

export const taskRefundUnavailable = (): Refusal =>
  new DomainError('task.refund_unavailable', 'The gateway cannot refund this money; pay it back by hand.');

/** `max`: what the organiser still has of the payment, in minor units. */
export const taskAmountNeeded = (max: number): Refusal =>
  new DomainError('task.amount_needed', 'Say how much the bank took: 0 if nothing, and at most max.', {
    details: { max },
  });
