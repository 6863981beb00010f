import { constantTimeEqual, hmacSha256 } from '../../platform/crypto.ts';

/**
 * The six digits of a verification: a keyed hash of its id. They are stored nowhere, not even as a hash. The message is
 * made from the id, so neither the table nor a job's payload can confirm anything. Only the asker knows the random id.
 * The digits come from 48 bits, so no code is likelier than another by more than one in a hundred million.
 */
export function buyerCode(secret: string, verificationId: string): string {
  const bits = hmacSha256(secret, `buyer_code.v1\0${verificationId}`).readUIntBE(0, 6);
  return String(bits % codes).padStart(digits, '0');
}

/** Compares in constant time. */
export function isBuyerCode(secret: string, verificationId: string, code: string): boolean {
  return constantTimeEqual(code, buyerCode(secret, verificationId));
}

const digits = 6;
const codes = 10 ** digits;
