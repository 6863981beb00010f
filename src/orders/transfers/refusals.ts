import { DomainError } from '../../platform/errors.ts';
import type { OrderErrorCode } from '../errors.ts';

export type NotTransferableReason = 'not_allowed' | 'too_late' | 'checked_in' | 'revoked' | 'too_often';

const notTransferableSentences: Record<NotTransferableReason, string> = {
  not_allowed: 'The organizer of this event does not allow transfers.',
  too_late: 'The event is over or was cancelled.',
  checked_in: 'The ticket has been used at the door.',
  revoked: 'The ticket is no longer valid.',
  too_often: 'The ticket was transferred too often.',
};

/** `reason` is shown, so that a page can say why. */
export const ticketNotTransferable = (reason: NotTransferableReason) =>
  new DomainError<OrderErrorCode>('ticket.not_transferable', notTransferableSentences[reason], { details: { reason } });

const transferRetrySeconds = 3600;

export const transferLimited = () =>
  new DomainError<OrderErrorCode>(
    'ticket.transfer_limited',
    'Nothing has changed: this address was sent too many tickets within the hour.',
    { retryAfterSeconds: transferRetrySeconds },
  );
