import { timingSafeEqual } from 'node:crypto';
import { hmacSha256Text } from '../crypto.ts';

/**
 * Signed text that needs no storage: `<payload>.<HMAC-SHA256>`. The label is hashed before the payload, so a text of
 * one kind is never valid as another. The whole signature is compared as text, because the spare bits of its last
 * letter would allow four spellings.
 * @param payload letters, digits and `_ . -` alone, so that the text needs no escaping in a header or URL
 */
export function signText(secret: string, label: string, payload: string): string {
  return `${payload}.${markOf(secret, label, payload)}`;
}

/**
 * The payload; undefined for a text that was not signed with this secret and label. The comparison takes constant time.
 */
export function readSignedText(secret: string, label: string, text: string): string | undefined {
  if (text.length <= markLength || text.length > signedTextLengthMax || !signedText.test(text)) return undefined;
  const payload = text.slice(0, -markLength - 1);
  const mark = Buffer.from(text.slice(-markLength), 'latin1');
  return timingSafeEqual(mark, Buffer.from(markOf(secret, label, payload), 'latin1')) ? payload : undefined;
}

export const signedTextLengthMax = 256;
const markLength = 43;
const signedText = /^[\w.-]+\.[\w-]{43}$/;

function markOf(secret: string, label: string, payload: string): string {
  return hmacSha256Text(secret, `${label}\0${payload}`);
}
