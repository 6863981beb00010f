import { foldText } from '../../catalog/index.ts';
import { readNearMisses, readSearchQuery } from '../../orders/index.ts';
import { isForgiven, nearWordPattern } from '../../platform/text/one-mistake.ts';
import { phoneEnd } from '../../platform/text/phone-end.ts';
import { phoneDigits, readPhone } from '../../platform/text/phone-number.ts';

export const wholeCode = 10;

/** The possible meanings of a query. Each that is set is searched. */
export type Sought = {
  /** The beginning of an order's code. */
  readonly code?: string;
  /** The beginnings of words of a name. */
  readonly words?: readonly string[];
  /** A suffix of `order_searches.contact`: a blank and the whole number, or the last digits. */
  readonly phone?: string;
};

/** What a query may have been meant as, if it has a typing mistake. */
export type SoughtNear = {
  readonly codes: readonly string[];
  /** The digits of whole numbers. */
  readonly phones: readonly string[];
  /** The beginnings of words of a name, as regular expressions of Postgres. */
  readonly patterns: readonly string[];
};

export function readGuestQuery(q: string, country: string, showsNames: boolean): Sought {
  const { code, words } = readSearchQuery(q);
  const read = readPhone(q, country);
  const whole = 'e164' in read ? ` ${phoneDigits(read.e164)}` : undefined;
  const phone = whole ?? (showsNames ? lastDigits(q) : undefined);
  return {
    ...(code !== undefined && (showsNames || code.length === wholeCode) ? { code } : {}),
    ...(words !== undefined && showsNames ? { words } : {}),
    ...(phone === undefined ? {} : { phone }),
  };
}

/**
 * Codes and numbers only if they are whole. A door without names forgives no mistake in a number: it could not see that the ticket it finds is
 * somebody else's.
 */
export function readNearGuestQuery(q: string, country: string, showsNames: boolean): SoughtNear {
  const { codes, phones } = readNearMisses(q, country);
  const { words = [] } = readSearchQuery(q);
  const isNear = showsNames && words.some(isForgiven);
  return {
    codes,
    phones: showsNames ? phones : [],
    patterns: isNear ? words.map((word) => (isForgiven(word) ? nearWordPattern(word) : ` ${word}`)) : [],
  };
}

/** The last digits of a number, without leading zeros: stored numbers have a country code in their place. */
function lastDigits(q: string): string | undefined {
  const end = phoneEnd(q);
  if (end === undefined) return undefined;
  const digits = foldText(q).replace(/\D/g, '').replace(/^0+/, '');
  return digits.length < end.length ? end : digits;
}
