import { DomainError } from '../../platform/errors.ts';

/** Refusals of everything around an order but its placement: the buyer's own pages and the organiser's desk. */
export type OrderDeskErrorCode =
  | 'order.not_cancellable'
  | 'order.no_live_tickets'
  | 'ticket.not_found'
  | 'pool.not_found'
  | 'pool.in_use'
  | 'pool.needed'
  | 'pool.limit_reached'
  | 'promo_code.not_found'
  | 'promo_code.taken'
  | 'promo_code.in_use'
  | 'promo_code.limit_reached';

export const deskProblems = {
  'order.not_cancellable': { status: 409, title: 'The order cannot be cancelled' },
  'order.no_live_tickets': { status: 409, title: 'The order has no valid tickets' },
  'ticket.not_found': { status: 404, title: 'No such ticket' },
  'pool.not_found': { status: 404, title: 'No such pool' },
  'pool.in_use': { status: 409, title: 'The pool has sold or holds more than that' },
  'pool.needed': { status: 409, title: 'The event has no places without this pool' },
  'pool.limit_reached': { status: 409, title: 'The event has as many pools as it may have' },
  'promo_code.not_found': { status: 404, title: 'No such promo code' },
  'promo_code.taken': { status: 409, title: 'The event has this promo code already' },
  'promo_code.in_use': { status: 409, title: 'The promo code was redeemed more often than that' },
  'promo_code.limit_reached': { status: 409, title: 'The event has as many promo codes as it may have' },
} as const satisfies Record<OrderDeskErrorCode, { status: number; title: string }>;

type DeskError = DomainError<OrderDeskErrorCode>;

export type NotCancellableReason = 'not_refundable' | 'too_late' | 'checked_in' | 'ended';

const notCancellableSentences: Record<NotCancellableReason, string> = {
  not_refundable: 'Paid orders of this event cannot be cancelled.',
  too_late: 'The time in which a paid order can be cancelled is over.',
  checked_in: 'A ticket of this order has been used at the door.',
  ended: 'The order is not open any more.',
};

/** `reason` is shown, so that a page can say what to do instead. */
export function orderNotCancellable(reason: NotCancellableReason): DeskError {
  return new DomainError('order.not_cancellable', notCancellableSentences[reason], { details: { reason } });
}

export function orderHasNoLiveTickets(): DeskError {
  return new DomainError('order.no_live_tickets', 'The order is not paid, or its tickets have been taken back.');
}

export function ticketNotFound(): DeskError {
  return new DomainError('ticket.not_found', 'There is no such valid ticket in this order.');
}

export function poolNotFound(): DeskError {
  return new DomainError('pool.not_found', 'There is no such pool in this event.');
}

export function poolNeeded(): DeskError {
  return new DomainError(
    'pool.needed',
    'A published event keeps a pool with places; to stop its sale, close its sales or block its places.',
  );
}

export function poolInUse(): DeskError {
  return new DomainError('pool.in_use', 'The capacity cannot be less than what is sold, held and blocked.');
}

export function poolLimitReached(max: number): DeskError {
  return new DomainError('pool.limit_reached', `An event has at most ${max} pools.`, { details: { max } });
}

export function promoCodeNotFound(): DeskError {
  return new DomainError('promo_code.not_found', 'There is no such promo code in this event.');
}

export function promoCodeTaken(): DeskError {
  return new DomainError('promo_code.taken', 'The event has this promo code already.');
}

export function promoCodeInUse(): DeskError {
  return new DomainError('promo_code.in_use', 'The limit cannot be less than how often the code was redeemed.');
}

export function promoCodeLimitReached(max: number): DeskError {
  return new DomainError('promo_code.limit_reached', `An event has at most ${max} promo codes.`, { details: { max } });
}
