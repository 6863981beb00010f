import { DomainError } from '../../platform/errors.ts';
import type { OrderErrorCode } from '../errors.ts';

export type NotTransferableReason = 'not_allowed' | 'too_late' | 'checked_in' | 'revoked' | 'too_often';

const notTransferableSentences: Record<NotTransferableReason, string> = {
  not_allowed: 'The organizer of this event does not allow it.',
  too_late: 'The event is over, or was called off.',
  checked_in: 'The ticket has been used at the door.',
  revoked: 'The ticket is not valid any more.',
  too_often: 'The ticket was given on often enough.',
};

/** `reason` is shown, so that a page can say why. */
export const ticketNotTransferable = (reason: NotTransferableReason) =>
  new DomainError<OrderErrorCode>('ticket.not_transferable', notTransferableSentences[reason], { details: { reason } });

const transferRetrySeconds = 3600;

export const transferLimited = () =>
  new DomainError<OrderErrorCode>(
    'ticket.transfer_limited',
    'Nothing has changed: this address was sent enough tickets within the hour.',
    { retryAfterSeconds: transferRetrySeconds },
  );
