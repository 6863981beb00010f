import { bls12_381 } from '@noble/curves/bls12-381.js';
import { fromHex, sha256, u64 } from './bytes.ts';

/** The domain separation tag of RFC 9380 in drand's scheme. */
const domain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

/**
 * Whether the beacon's key signed this round, which shows that nobody chose the value. A separate file, because only buyers
 * who verify a draw need it. It takes about a second on a slow phone.
 * @param publicKey and @param signature in hexadecimal digits, as published
 */
export function isRoundSigned(publicKey: string, round: number, signature: string): boolean {
  const bls = bls12_381.shortSignatures;
  try {
    const point = bls.Signature.fromBytes(fromHex(signature));
    point.assertValidity();
    return bls.verify(point, bls.hash(sha256(u64(round)), domain), fromHex(publicKey));
  } catch {
    // Not a point of the curve.
    return false;
  }
}
