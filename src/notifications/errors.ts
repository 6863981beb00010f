import { DomainError } from '../platform/errors.ts';

export type NotificationErrorCode =
  | 'notification.callback_refused'
  | 'notification.resend_limited'
  | 'notification.nothing_to_send'
  | 'order.not_found'
  | 'sender.not_found'
  | 'sender.already_exists'
  | 'sender.limit_reached';

export const notificationProblems = {
  'notification.callback_refused': { status: 403, title: 'Callback refused' },
  'notification.resend_limited': { status: 429, title: 'Sent too often' },
  'notification.nothing_to_send': { status: 409, title: 'Nothing to send' },
  'order.not_found': { status: 404, title: 'Order not found' },
  'sender.not_found': { status: 404, title: 'Sender not found' },
  'sender.already_exists': { status: 409, title: 'Sender already exists' },
  'sender.limit_reached': { status: 409, title: 'Too many senders' },
} as const satisfies Record<NotificationErrorCode, { status: number; title: string }>;

type Refusal = DomainError<NotificationErrorCode>;

/** One answer for a wrong signature, a wrong token and a number that nobody has. */
export const callbackRefused = (): Refusal =>
  new DomainError('notification.callback_refused', 'The callback does not prove where it comes from.');

export const resendLimited = (retryAfterSeconds: number): Refusal =>
  new DomainError(
    'notification.resend_limited',
    'The tickets of this order were sent again often enough; wait a while.',
    {
      retryAfterSeconds,
    },
  );

export const nothingToSend = (): Refusal =>
  new DomainError('notification.nothing_to_send', 'This order has no tickets to send.');

export const orderNotFound = (): Refusal => new DomainError('order.not_found', 'There is no such order.');

export const senderNotFound = (): Refusal => new DomainError('sender.not_found', 'There is no such sender in use.');

export const senderExists = (): Refusal => new DomainError('sender.already_exists', 'This number is in use already.');

export const senderLimitReached = (max: number): Refusal =>
  new DomainError('sender.limit_reached', `There are ${max} senders already; disable one first.`, { details: { max } });
