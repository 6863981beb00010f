import { hash } from 'node:crypto';
import { readEmail } from '../platform/email-address.ts';

/**
 * Who a buyer is, for limits and places: the same mailbox or the same phone is the same buyer, however it is spelt.
 * Addresses are compared without case and without what follows a plus sign; Gmail's also without dots.
 */
export function normalizeBuyerEmail(email: string): string {
  const lower = (readEmail(email) ?? email).toLowerCase();
  const at = lower.lastIndexOf('@');
  const domain = lower.slice(at + 1) === 'googlemail.com' ? 'gmail.com' : lower.slice(at + 1);
  const mailbox = lower.slice(0, at).split('+', 1)[0] ?? '';
  return `${domain === 'gmail.com' ? mailbox.replaceAll('.', '') : mailbox}@${domain}`;
}

/**
 * Digits with the country's, without a plus sign. 00 stands for the plus sign; a leading 0 is Indonesian, and one that is
 * left behind Indonesia's 62 does not count: 0812..., 0062812... and +620812... all become 62812...
 */
export function normalizePhone(phone: string): string {
  const digits = phone.replaceAll(/\D/g, '');
  const isNational = !phone.startsWith('+') && /^0(?!0)/.test(digits);
  const international = isNational ? `62${digits}` : digits.replace(/^00/, '');
  return international.replace(/^620+/, '62');
}

export type BuyerKeyKind = 'email' | 'phone';

/** The keyed hash of a buyer's normalised email or phone: enough to count by, not enough to find anybody. */
export function buyerKey(hashSecret: string, kind: BuyerKeyKind, text: string): string {
  return keyedHash(hashSecret, `${kind}:${kind === 'email' ? normalizeBuyerEmail(text) : normalizePhone(text)}`);
}

const keyLength = 22;

/**
 * The secret before the text, in one call: three of these stand in the path of every order. What a plain hash lacks
 * against an HMAC (its result can be extended) does not matter to one that is cut in half. 22 characters, 132 bits.
 */
export function keyedHash(secret: string, text: string): string {
  return hash('sha256', `${secret}\0${text}`, 'base64url').slice(0, keyLength);
}
