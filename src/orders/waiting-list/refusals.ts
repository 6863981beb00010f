import { DomainError } from '../../platform/errors.ts';
import type { OrderErrorCode } from '../errors.ts';

const refusal = (code: OrderErrorCode, message: string) => new DomainError<OrderErrorCode>(code, message);

export const waitingListClosed = () =>
  refusal('waiting_list.closed', 'This event has no waiting list, or its tickets are not on sale now.');

export const waitingListNotNeeded = () =>
  refusal('waiting_list.not_needed', 'This category still has tickets to order.');

export const waitingListFull = () => refusal('waiting_list.full', 'The waiting list of this event is full.');

export const waitingEntryNotFound = () =>
  refusal('waiting_list.entry_not_found', 'There is no such entry in a waiting list, or its link is wrong.');
