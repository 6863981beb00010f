import { constantTimeEqual, hmacSha256 } from '../../platform/crypto.ts';

/**
 * The six digits of a verification: a keyed hash of its id. Nobody stores them or a hash of them: the message is made from
 * the id, and neither the table nor a job's payload can confirm anything. The id is random and known to its asker alone.
 * 48 bits are taken, so that no code is likelier than another by more than one in a hundred million. Pure.
 */
export function buyerCode(secret: string, verificationId: string): string {
  const bits = hmacSha256(secret, `buyer_code.v1\0${verificationId}`).readUIntBE(0, 6);
  return String(bits % codes).padStart(digits, '0');
}

/** Takes the same time wherever the two differ. */
export function isBuyerCode(secret: string, verificationId: string, code: string): boolean {
  return constantTimeEqual(code, buyerCode(secret, verificationId));
}

const digits = 6;
const codes = 10 ** digits;
