import { hash } from 'node:crypto';
import { readEmail } from '../../platform/text/email-address.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';

/**
 * Who a buyer is, for limits and places: the same mailbox is the same buyer, however it is spelt.
 * Addresses are compared without case and without what follows a plus sign; Gmail's also without dots.
 */
export function normalizeBuyerEmail(email: string): string {
  const lower = (readEmail(email) ?? email).toLowerCase();
  const at = lower.lastIndexOf('@');
  const domain = lower.slice(at + 1) === 'googlemail.com' ? 'gmail.com' : lower.slice(at + 1);
  const mailbox = lower.slice(0, at).split('+', 1)[0] ?? '';
  return `${domain === 'gmail.com' ? mailbox.replaceAll('.', '') : mailbox}@${domain}`;
}

export type BuyerKeyKind = 'email' | 'phone';

/**
 * The keyed hash of a buyer's email or phone: enough to count by, not enough to find anybody.
 * @param text an email in any spelling, or a phone number in E.164
 */
export function buyerKey(hashSecret: string, kind: BuyerKeyKind, text: string): string {
  return keyedHash(hashSecret, `${kind}:${kind === 'email' ? normalizeBuyerEmail(text) : phoneDigits(text)}`);
}

const keyLength = 22;

/**
 * The secret before the text, in one call: three of these stand in the path of every order. What a plain hash lacks
 * against an HMAC (its result can be extended) does not matter to one that is cut in half. 22 characters, 132 bits.
 */
export function keyedHash(secret: string, text: string): string {
  return hash('sha256', `${secret}\0${text}`, 'base64url').slice(0, keyLength);
}
