import { randomBytes } from 'node:crypto';
import { encodeBase32 } from '../../platform/text/base32.ts';

/** Longer input cannot be a code. */
const inputMax = 200;

const blanks = /[\s\p{Cc}\p{Cf}\p{Z}\u115f\u1160\u3164\u2800]+/gu;

/** Hyphens and dashes of every script, the minus sign, and the characters that phones and Japanese keyboards type instead. */
const dashes = /[\p{Pd}\u2212\u02d7\u30fc\u2043]/gu;

const codePattern = /^[A-Z0-9-]{1,32}$/;

/** No code has this key. */
const noCode = '?';

/** A typed or pasted promo code in the spelling that is stored: capitals, digits, hyphens, no blanks. */
export function cleanPromoCode(text: string): string {
  return text.slice(0, inputMax).normalize('NFKC').replace(blanks, '').replace(dashes, '-').toUpperCase();
}

/**
 * The key that finds a promo code: its letters and digits. Null if nothing was typed. Text that cannot be a code gets a
 * key that no code has, so it is refused like an unknown code.
 */
export function promoKeyOf(text: string): string | null {
  if (text === '') return null;
  const code = cleanPromoCode(text);
  if (code === '') return null;
  const key = code.replaceAll('-', '');
  return text.length <= inputMax && key !== '' && codePattern.test(code) ? key : noCode;
}

const newCodeBytes = 8;
const newCodeLength = 10;
const guessableLength = 8;

/** A code of 50 random bits, in letters and digits that are hard to misread: `7K3QX-9MTPA`. */
export function newPromoCode(): string {
  for (;;) {
    const text = encodeBase32(randomBytes(newCodeBytes)).slice(0, newCodeLength);
    // One code in twenty looks like a word with a number, which counts as guessable.
    if (!isGuessable(text)) return `${text.slice(0, newCodeLength / 2)}-${text.slice(newCodeLength / 2)}`;
  }
}

/** Whether the code is a word, a number, or too short. */
export function isGuessable(code: string): boolean {
  const plain = code.replaceAll('-', '');
  return plain.length < guessableLength || /^(?:[A-Z]+\d{0,3}|\d+)$/.test(plain);
}
