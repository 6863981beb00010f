import { randomBytes } from 'node:crypto';
import { encodeBase32 } from '../../platform/ids.ts';

const newCodeBytes = 8;
const newCodeLength = 10;
const guessableLength = 8;

/** A code of 50 random bits, in the alphabet that people do not misread: `7K3QX-9MTPA`. */
export function newPromoCode(): string {
  for (;;) {
    const text = encodeBase32(randomBytes(newCodeBytes)).slice(0, newCodeLength);
    // One in twenty looks like a word with a number, and would be called guessable.
    if (!isGuessable(text)) return `${text.slice(0, newCodeLength / 2)}-${text.slice(newCodeLength / 2)}`;
  }
}

/** A word, a number, or too short to have many others beside it. */
export function isGuessable(code: string): boolean {
  const plain = code.replaceAll('-', '');
  return plain.length < guessableLength || /^(?:[A-Z]+\d{0,3}|\d+)$/.test(plain);
}
