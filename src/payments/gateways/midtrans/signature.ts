import { createHash, timingSafeEqual } from 'node:crypto';

/** The four strings that Midtrans joins and signs, exactly as received. */
export type SignedFields = { readonly orderId: string; readonly statusCode: string; readonly grossAmount: string };

export function midtransSignature(fields: SignedFields, serverKey: string): Buffer {
  return createHash('sha512')
    .update(fields.orderId + fields.statusCode + fields.grossAmount + serverKey)
    .digest();
}

const signatureHexDigits = 128;

/**
 * Whether one of the keys made this signature, in constant time. The fields are joined without separators, so the
 * caller must have checked the shape of each; only then does a string have one reading.
 */
export function isMidtransSignature(fields: SignedFields, signature: string, keys: readonly string[]): boolean {
  const given = Buffer.from(signature, 'hex');
  if (signature.length !== signatureHexDigits || given.length !== signatureHexDigits / 2) return false;
  let matches = false;
  for (const key of keys) {
    // An empty key would make the signature computable by anyone.
    if (key !== '' && timingSafeEqual(midtransSignature(fields, key), given)) matches = true;
  }
  return matches;
}
