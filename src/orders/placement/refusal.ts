import { DomainError, type ProblemDetails, serviceUnavailable } from '../../platform/errors.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { eventNotFound } from '../../access/errors.ts';
import {
  categoryUnknown,
  limitExceeded,
  passInvalid,
  passRequired,
  orderNotPayable,
  passSpent,
  priceChanged,
  promoInvalid,
  promoUsedUp,
  saleNotOpen,
  soldOut,
} from '../errors.ts';
import type { PlacementRow } from './queries.ts';
import type { ReadPass } from '../ports.ts';

type PassAsRead = ReturnType<ReadPass> | undefined;

/** The error for an order that the placement call did not place. */
export function placementRefusal(row: PlacementRow, pass: PassAsRead): DomainError {
  switch (row.outcome) {
    case 'key_reused':
      return new DomainError('idempotency.key_reused', 'This Idempotency-Key was used with another request body.');
    case 'again':
      return new DomainError('idempotency.in_progress', 'Another order of the same buyer is being decided.', {
        retryAfterSeconds: 1,
      });
    case 'sold_out':
      return soldOut(row.detail ?? undefined);
    case 'not_open':
      return saleNotOpen(row.detail ?? undefined);
    case 'limit_exceeded':
    case 'network_limit':
      return limitExceeded(row.detail ?? undefined);
    case 'category_unknown':
      return categoryUnknown(row.detail ?? undefined);
    case 'promo_invalid':
      return promoInvalid();
    case 'promo_used_up':
      return promoUsedUp();
    case 'price_changed':
      return priceChanged(moneyDetails(row, ['subtotal', 'discount', 'fees', 'total']));
    case 'not_payable':
      return orderNotPayable(moneyDetails(row, ['total', 'max']));
    case 'pass_required':
      return passMissing(pass);
    case 'pass_mismatch':
      return passInvalid();
    case 'pass_spent':
      return passSpent();
    case 'too_late':
      return serviceUnavailable();
    default:
      return eventNotFound();
  }
}

/** The amounts of a refusal, as money in the event's currency. */
function moneyDetails({ detail }: PlacementRow, names: readonly string[]): ProblemDetails {
  const currency = String(detail?.['currency']);
  return Object.fromEntries(names.map((name) => [name, contractMoney(Number(detail?.[name]), currency)]));
}

/** @param pass the result of `readPass`; undefined if none was sent */
export function passMissing(pass: PassAsRead): DomainError {
  return pass === 'invalid' ? passInvalid() : passRequired();
}
