import { hash } from 'node:crypto';
import { readEmail } from '../../platform/text/email-address.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';

/**
 * The spelling of an email that identifies a buyer for limits and places: one mailbox is one buyer. Case and everything
 * after a plus sign make no difference; at Gmail, dots make none either.
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
 * The keyed hash of a buyer's email or phone. It serves for counting and does not reveal the person.
 * @param text an email in any spelling, or a phone number in E.164
 */
export function buyerKey(hashSecret: string, kind: BuyerKeyKind, text: string): string {
  return keyedHash(hashSecret, `${kind}:${kind === 'email' ? normalizeBuyerEmail(text) : phoneDigits(text)}`);
}

const keyLength = 22;

/**
 * A hash of secret and text in one call, since every order needs three. A plain hash can be extended where an HMAC
 * cannot; cut in half, it cannot be extended either. 22 characters, 132 bits.
 */
export function keyedHash(secret: string, text: string): string {
  return hash('sha256', `${secret}\0${text}`, 'base64url').slice(0, keyLength);
}
