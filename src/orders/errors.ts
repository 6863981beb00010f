import { type ProblemDetails, refusalsOf } from '../platform/errors.ts';

export const orderProblems = {
  'order.limit_exceeded': { status: 409, title: 'Limit exceeded' },
  'order.category_unknown': { status: 400, title: 'Unknown ticket category' },
  'order.price_changed': { status: 409, title: 'Price changed' },
  'order.not_payable': { status: 409, title: 'Cannot be paid' },
  'stock.sold_out': { status: 409, title: 'Sold out' },
  'sale.not_open': { status: 409, title: 'Not on sale' },
  'promo.invalid': { status: 409, title: 'Promo code not valid' },
  'promo.used_up': { status: 409, title: 'Promo code used up' },
  'order.lookup_limited': { status: 429, title: 'Too many links' },
  'promo.limited': { status: 429, title: 'Too many promo codes tried' },
  'payments.busy': { status: 503, title: 'Payments are busy' },
  'queue.pass_required': { status: 403, title: 'Pass required' },
  'queue.pass_invalid': { status: 403, title: 'Pass not valid' },
  'queue.pass_spent': { status: 409, title: 'Pass already spent' },
  'order.not_cancellable': { status: 409, title: 'The order cannot be cancelled' },
  'order.buyer_not_correctable': { status: 409, title: 'The address cannot be corrected' },
  'order.no_live_tickets': { status: 409, title: 'The order has no valid tickets' },
  'order.note_limit_reached': { status: 409, title: 'Too many notes' },
  'order.details_closed': { status: 409, title: 'The time for names and answers is over' },
  'order.names_used_up': { status: 409, title: 'Too many name changes' },
  'question.not_found': { status: 404, title: 'No such question' },
  'question.limit_reached': { status: 409, title: 'Too many questions' },
  'question.answered': { status: 409, title: 'Question already answered' },
  'ticket.not_found': { status: 404, title: 'No such ticket' },
  'wallet.not_offered': { status: 404, title: 'No passes for this wallet' },
  'waiting_list.closed': { status: 409, title: 'No waiting list' },
  'waiting_list.not_needed': { status: 409, title: 'There are tickets left' },
  'waiting_list.full': { status: 409, title: 'The waiting list is full' },
  'waiting_list.entry_not_found': { status: 404, title: 'Waiting list entry not found' },
  'ticket.not_transferable': { status: 409, title: 'The ticket cannot be given to somebody else' },
  'ticket.transfer_limited': { status: 429, title: 'Too many tickets sent to the address' },
  'ticket_codes.not_signed': { status: 409, title: 'The codes are not signed' },
  'ticket_codes.keys_used_up': { status: 409, title: 'No key numbers left' },
  'pool.not_found': { status: 404, title: 'No such pool' },
  'pool.in_use': { status: 409, title: 'Pool in use' },
  'pool.needed': { status: 409, title: 'Last pool with places' },
  'pool.limit_reached': { status: 409, title: 'Too many pools' },
  'promo_code.not_found': { status: 404, title: 'No such promo code' },
  'promo_code.taken': { status: 409, title: 'Promo code taken' },
  'promo_code.in_use': { status: 409, title: 'Promo code redeemed more often' },
  'promo_code.limit_reached': { status: 409, title: 'Too many promo codes' },
} as const;

export type OrderErrorCode = keyof typeof orderProblems;

const { refusal, tryLater } = refusalsOf<OrderErrorCode>();

export const soldOut = (details?: ProblemDetails) =>
  refusal(
    'stock.sold_out',
    'There are not enough tickets left. Held tickets that are not paid return to sale.',
    details,
  );

export const saleNotOpen = (details?: ProblemDetails) =>
  refusal('sale.not_open', 'This ticket category is not on sale now.', details);

export const limitExceeded = (details?: ProblemDetails) =>
  refusal('order.limit_exceeded', 'The order exceeds a limit of this sale; see limit.', details);

export const categoryUnknown = (details?: ProblemDetails) =>
  refusal('order.category_unknown', 'The event has no such ticket category.', details);

export const priceChanged = (details: ProblemDetails) =>
  refusal('order.price_changed', 'The total differs from the expected one; see total. Nothing was ordered.', details);

export const orderNotPayable = (details: ProblemDetails) =>
  refusal('order.not_payable', 'No payment gateway of this sale accepts this total; order fewer tickets.', details);

export const promoInvalid = () => refusal('promo.invalid', 'This promo code is not valid for this sale now.');

/** Counted whether or not the order exists. */
export const lookupLimited = (retryAfterSeconds: number) =>
  tryLater(
    'order.lookup_limited',
    'No link was sent: too many were requested with this email and code. Wait a while; the last one still works.',
    retryAfterSeconds,
  );

/** Sent before the code is looked up, so it reveals nothing about the code. */
export const promoLimited = (retryAfterSeconds: number) =>
  tryLater(
    'promo.limited',
    'Too many invalid promo codes were tried from here for this event; wait a while, or order without one.',
    retryAfterSeconds,
  );

export const promoUsedUp = () => refusal('promo.used_up', 'This promo code has been used up.');

export const paymentsBusy = (retryAfterSeconds: number) =>
  tryLater(
    'payments.busy',
    'Too many orders are waiting for their payment to be prepared; try again shortly.',
    retryAfterSeconds,
  );

export const passRequired = () =>
  refusal('queue.pass_required', 'This event has a waiting room: an order needs a pass, which a called place gets.');

/** Forged, expired, of another event, or of another account than the order's email and phone. */
export const passInvalid = () => refusal('queue.pass_invalid', 'This pass is not valid for this order.');

export const passSpent = () => refusal('queue.pass_spent', 'This pass has already placed its order.');

export type NotCancellableReason = 'not_refundable' | 'too_late' | 'checked_in' | 'transferred' | 'ended';

const notCancellableSentences: Record<NotCancellableReason, string> = {
  not_refundable: 'Paid orders of this event cannot be cancelled.',
  too_late: 'The time in which a paid order can be cancelled is over.',
  checked_in: 'A ticket of this order has been used at the door.',
  transferred: 'A ticket of this order was given to somebody else.',
  ended: 'The order is no longer open.',
};

/** `reason` is shown, so that a page can say what to do instead. */
export const orderNotCancellable = (reason: NotCancellableReason) =>
  refusal('order.not_cancellable', notCancellableSentences[reason], { reason });

export type NotCorrectableReason = 'ended' | 'confirmed' | 'too_often';

const notCorrectableSentences: Record<NotCorrectableReason, string> = {
  ended: 'The order has ended; nothing more is sent about it.',
  confirmed: 'The buyer has confirmed this address with a code.',
  too_often: 'The address of this order was corrected too often.',
};

export const buyerNotCorrectable = (reason: NotCorrectableReason) =>
  refusal('order.buyer_not_correctable', notCorrectableSentences[reason], { reason });

export const orderHasNoLiveTickets = () =>
  refusal('order.no_live_tickets', 'The order is not paid, or its tickets have been taken back.');

export const noteLimitReached = (max: number) =>
  refusal('order.note_limit_reached', `An order has at most ${max} notes.`, { max });

export const detailsClosed = () =>
  refusal('order.details_closed', 'Names and answers of this order can no longer be changed.');

export const namesUsedUp = (max: number) =>
  refusal('order.names_used_up', `A ticket can be named at most ${max} times.`, { max });

export const questionNotFound = () => refusal('question.not_found', 'There is no such question at this event.');

export const questionLimitReached = (max: number) =>
  refusal('question.limit_reached', `An event has at most ${max} questions.`, { max });

export const questionAnswered = () =>
  refusal('question.answered', 'Buyers have answered this question, so it can only be closed; its answers stay.');

export const ticketCodesNotSigned = () =>
  refusal('ticket_codes.not_signed', 'This event does not sign its codes, so it has no key to change.');

export const ticketKeysUsedUp = (max: number) =>
  refusal('ticket_codes.keys_used_up', `An event has at most ${max} keys.`, { max });

export const ticketNotFound = () => refusal('ticket.not_found', 'There is no such valid ticket in this order.');

export const poolNotFound = () => refusal('pool.not_found', 'There is no such pool in this event.');

export const poolNeeded = () =>
  refusal(
    'pool.needed',
    'A published event needs a pool with places; to stop the sale, close its sales or block places.',
  );

export const poolInUse = () =>
  refusal('pool.in_use', 'The capacity cannot be lower than the sold, held and blocked places together.');

export const poolLimitReached = (max: number) =>
  refusal('pool.limit_reached', `An event has at most ${max} pools.`, { max });

export const promoCodeNotFound = () => refusal('promo_code.not_found', 'There is no such promo code in this event.');

export const promoCodeTaken = () => refusal('promo_code.taken', 'The event already has this promo code.');

export const promoCodeInUse = () =>
  refusal('promo_code.in_use', 'The limit cannot be lower than the number of redemptions.');

export const promoCodeLimitReached = (max: number) =>
  refusal('promo_code.limit_reached', `An event has at most ${max} promo codes.`, { max });

export const walletNotOffered = () => refusal('wallet.not_offered', 'This service makes no passes for this wallet.');

export type NotTransferableReason = 'not_allowed' | 'too_late' | 'checked_in' | 'revoked' | 'too_often';

const notTransferableSentences: Record<NotTransferableReason, string> = {
  not_allowed: 'The organiser of this event does not allow transfers.',
  too_late: 'The event is over or was cancelled.',
  checked_in: 'The ticket has been used at the door.',
  revoked: 'The ticket is no longer valid.',
  too_often: 'The ticket was transferred too often.',
};

/** `reason` is shown, so that a page can say why. */
export const ticketNotTransferable = (reason: NotTransferableReason) =>
  refusal('ticket.not_transferable', notTransferableSentences[reason], { reason });

export const transferLimited = (retryAfterSeconds: number) =>
  tryLater(
    'ticket.transfer_limited',
    'Nothing has changed: this address was sent too many tickets within the hour.',
    retryAfterSeconds,
  );

export const waitingListClosed = () =>
  refusal('waiting_list.closed', 'This event has no waiting list, or its tickets are not on sale now.');

export const waitingListNotNeeded = () =>
  refusal('waiting_list.not_needed', 'This category still has tickets to order.');

export const waitingListFull = () => refusal('waiting_list.full', 'The waiting list of this event is full.');

export const waitingEntryNotFound = () =>
  refusal('waiting_list.entry_not_found', 'There is no such entry in a waiting list, or its link is wrong.');
