import { hash } from 'node:crypto';
import { readEmail } from '../../platform/text/email-address.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';

/** Domains under which one mailbox of a provider is reached, by the one that stands for all. */
const sameDomains: ReadonlyMap<string, string> = new Map([
  ['googlemail.com', 'gmail.com'],
  ['me.com', 'icloud.com'],
  ['mac.com', 'icloud.com'],
  ['protonmail.com', 'proton.me'],
  ['pm.me', 'proton.me'],
]);
/** Characters that make no difference to a provider. */
const ignoredAt: ReadonlyMap<string, RegExp> = new Map([
  ['gmail.com', /\./g],
  ['proton.me', /[._-]/g],
]);

/**
 * The spelling of an email that identifies a buyer for limits and places: one mailbox is one buyer. Case and everything
 * after a plus sign make no difference, nor do the characters and domains that large providers take for equal.
 */
function normalizeBuyerEmail(email: string): string {
  const lower = (readEmail(email) ?? email).toLowerCase();
  const at = lower.lastIndexOf('@');
  const given = lower.slice(at + 1);
  const domain = sameDomains.get(given) ?? given;
  const whole = lower.slice(0, at);
  const plusAt = whole.indexOf('+');
  const mailbox = plusAt > 0 ? whole.slice(0, plusAt) : whole;
  const ignored = ignoredAt.get(domain);
  return `${ignored === undefined ? mailbox : mailbox.replaceAll(ignored, '')}@${domain}`;
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
