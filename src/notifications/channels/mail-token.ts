import { constantTimeEqual, hmacSha256 } from '../../platform/crypto.ts';

/**
 * The name of a delivery in its mail, in `Message-ID` and in the return path: `dlv_...-<signature>`. A bounce or
 * complaint must contain it. The signature is a keyed hash, so only somebody who has seen the mail can report its
 * delivery.
 *
 * Lower case, because mail servers may change the case of a mailbox.
 */
export function mailToken(secret: string, deliveryId: string): string {
  return `${deliveryId.toLowerCase()}-${markOf(secret, deliveryId)}`;
}

const tokensReadMax = 20;

/**
 * The delivery that a report is about: the first token in the text with a right signature; undefined if there is none.
 */
export function findMailToken(secret: string, text: string): string | undefined {
  let read = 0;
  for (const [, digits, mark] of text.matchAll(/dlv_([0-9a-hjkmnp-tv-z]{20})-([0-9a-f]{16})/gi)) {
    read += 1;
    if (read > tokensReadMax || digits === undefined || mark === undefined) return undefined;
    const deliveryId = `dlv_${digits.toUpperCase()}`;
    if (constantTimeEqual(mark.toLowerCase(), markOf(secret, deliveryId))) return deliveryId;
  }
  return undefined;
}

function markOf(secret: string, deliveryId: string): string {
  return hmacSha256(secret, `mail.v1\0${deliveryId.toLowerCase()}`).toString('hex').slice(0, 16);
}
