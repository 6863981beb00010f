import { foldText } from '../../catalog/index.ts';
import { decodeBase32, plainBase32, readLookalikes } from '../../platform/text/base32.ts';
import { phoneDigits, readPhone } from '../../platform/text/phone-number.ts';
import { homeCountry } from '../../platform/text/home.ts';

/** The possible meanings of a search text. Each part that is set is tried; an order that matches one is found. */
export type SearchPlan = {
  /** The first characters of an order's code. */
  readonly code?: string;
  /** The first bytes of a ticket's code, in hex. */
  readonly ticket?: string;
  /** Beginnings of the words of a name; all of them must match. */
  readonly words?: readonly string[];
  /** A part of an email address. */
  readonly email?: string;
  /** A run of digits of a phone number, without the zero in front. */
  readonly digits?: string;
};

export const codeLength = 10;
const codePartMin = 4;
/** Eight characters of base 32 are five whole bytes. */
const ticketStep = 8;
export const ticketCodeLength = 26;
/** Shorter parts have no trigram in the index, and would match nearly everybody. */
const wordMin = 2;
const emailPartMin = 3;
const digitsMin = 3;
const wordsMax = 6;

export function readSearchQuery(q: string): SearchPlan {
  const plain = readLookalikes(plainBase32(q));
  const isCode = /^[0-9A-HJKMNP-TV-Z]+$/.test(plain);
  const phone = phonePart(q);
  const words = q.includes('@') ? [] : nameWords(q).slice(0, wordsMax);
  const email = foldEmail(q);
  return {
    ...(isCode && plain.length >= codePartMin && plain.length <= codeLength ? { code: plain } : {}),
    ...(isCode ? ticketPart(plain) : {}),
    ...(words.length > 0 && words.every((word) => word.length >= wordMin) ? { words } : {}),
    ...(/^\S+$/.test(email) && email.length >= emailPartMin ? { email } : {}),
    ...(phone.length >= digitsMin ? { digits: phone } : {}),
  };
}

/**
 * A whole number as orders store it, however it was written (+62 0812, 62812, 0812); otherwise the digits of a part of
 * one.
 */
function phonePart(q: string): string {
  // The events may be in any country. A number that is not valid in this one is found by its digits.
  const read = readPhone(q, homeCountry);
  if ('e164' in read) return phoneDigits(read.e164);
  return /^[\p{Nd}+().\s-]+$/u.test(q) ? foldText(q).replace(/\D/g, '').replace(/^0+/, '') : '';
}

function ticketPart(plain: string): { ticket?: string } {
  if (plain.length > ticketCodeLength) return {};
  const whole = plain.length === ticketCodeLength;
  const bytes = decodeBase32(whole ? plain : plain.slice(0, plain.length - (plain.length % ticketStep)));
  return bytes === undefined || bytes.length === 0 ? {} : { ticket: Buffer.from(bytes).toString('hex') };
}

/** The words of a name as `order_searches.name` stores them. */
export function nameWords(text: string): string[] {
  return foldText(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** An email as `order_searches.contact` stores it. */
export function foldEmail(email: string): string {
  return email.trim().toLowerCase();
}
