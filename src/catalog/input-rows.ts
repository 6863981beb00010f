import { requestInvalid } from '../platform/errors.ts';
import type { Money } from '../platform/text/money.ts';
import { eventDaysMax } from './limits.ts';
import type { NewEvent, ScheduleItemRow, TicketCategoryRow } from './queries.ts';
import type { ChangeScheduleItem } from './schedule/schemas.ts';
import type { ChangeTicketCategory } from './ticket-categories/schemas.ts';
import type { ChangeEvent } from './events/schemas.ts';
import { inputFault } from '../platform/field-faults.ts';
import { withoutUndefined } from '../platform/without-undefined.ts';

const dayMs = 86_400_000;
const dateOf = (value: string | undefined) => (value === undefined ? undefined : new Date(value));
const dateOrNull = (value: string | null | undefined) => (value === null ? null : dateOf(value));

/** @throws DomainError request.invalid when the money is in another currency than the event. */
function amountOf(money: Money | undefined, currency: string, path: string): number | undefined {
  if (money === undefined) return undefined;
  if (money.currency !== currency) {
    throw requestInvalid([inputFault(`${path}.currency`, 'money.other_currency', { currency })]);
  }
  return money.amount;
}

/** @throws DomainError request.invalid */
function requireOrder(first: Date, second: Date, path: string, other: string): void {
  if (first >= second) throw requestInvalid([inputFault(path, 'time.order', { other })]);
}

type EventValues = Partial<
  Omit<NewEvent, 'id' | 'organizerId' | 'slug' | 'version' | `${string}At` | `picture${string}` | 'status'> &
    Pick<NewEvent, 'startsAt' | 'endsAt' | 'doorsOpenAt'>
>;

/** @throws DomainError request.invalid */
export function eventValues(input: ChangeEvent, currency: string): EventValues {
  const { startsAt, endsAt, doorsOpenAt, feePerTicket, ...rest } = input;
  return withoutUndefined({
    ...rest,
    startsAt: dateOf(startsAt),
    endsAt: dateOf(endsAt),
    doorsOpenAt: dateOf(doorsOpenAt),
    feePerTicket: amountOf(feePerTicket, currency, 'feePerTicket'),
  });
}

/** @throws DomainError request.invalid */
export function requireEventTimes(event: { startsAt: Date; endsAt: Date; doorsOpenAt: Date }): void {
  requireOrder(event.startsAt, event.endsAt, 'endsAt', 'startsAt');
  if (event.endsAt.getTime() - event.startsAt.getTime() > eventDaysMax * dayMs) {
    throw requestInvalid([inputFault('endsAt', 'time.too_far', { limit: `${eventDaysMax} d`, other: 'startsAt' })]);
  }
  if (event.doorsOpenAt > event.endsAt) {
    throw requestInvalid([inputFault('endsAt', 'time.order', { other: 'doorsOpenAt' })]);
  }
}

/** @throws DomainError request.invalid */
export function scheduleItemValues(input: ChangeScheduleItem): Partial<Omit<ScheduleItemRow, 'eventId' | 'id'>> {
  const { startsAt, endsAt, ...rest } = input;
  return withoutUndefined({ ...rest, startsAt: dateOf(startsAt), endsAt: dateOf(endsAt) });
}

/** @throws DomainError request.invalid */
export function requireScheduleTimes(item: { startsAt: Date; endsAt: Date }): void {
  requireOrder(item.startsAt, item.endsAt, 'endsAt', 'startsAt');
}

/** @throws DomainError request.invalid */
export function ticketCategoryValues(
  input: ChangeTicketCategory,
  currency: string,
): Partial<Omit<TicketCategoryRow, 'eventId' | 'id'>> {
  const { price, saleOpensAt, saleClosesAt, entryOpensAt, entryClosesAt, ...rest } = input;
  return withoutUndefined({
    ...rest,
    price: amountOf(price, currency, 'price'),
    saleOpensAt: dateOf(saleOpensAt),
    saleClosesAt: dateOf(saleClosesAt),
    entryOpensAt: dateOrNull(entryOpensAt),
    entryClosesAt: dateOrNull(entryClosesAt),
  });
}

type CategoryLimits = Pick<
  TicketCategoryRow,
  'saleOpensAt' | 'saleClosesAt' | 'perOrderMin' | 'perOrderMax' | 'perBuyerMax' | 'entryOpensAt' | 'entryClosesAt'
>;

/** @throws DomainError request.invalid */
export function requireCategoryLimits(category: CategoryLimits): void {
  const { perOrderMin, perOrderMax, perBuyerMax, entryOpensAt, entryClosesAt } = category;
  requireOrder(category.saleOpensAt, category.saleClosesAt, 'saleClosesAt', 'saleOpensAt');
  if (perOrderMin > perOrderMax) {
    throw requestInvalid([inputFault('perOrderMax', 'limit.order', { other: 'perOrderMin' })]);
  }
  if (perBuyerMax !== null && perBuyerMax < perOrderMin) {
    throw requestInvalid([inputFault('perBuyerMax', 'limit.order', { other: 'perOrderMin' })]);
  }
  if (entryOpensAt !== null && entryClosesAt !== null) {
    requireOrder(entryOpensAt, entryClosesAt, 'entryClosesAt', 'entryOpensAt');
  }
}
