import { bls12_381 } from '@noble/curves/bls12-381.js';
import { fromHex, sha256, u64 } from './bytes.ts';

/** RFC 9380's name for how the message becomes a point of G1; drand's scheme fixes it. */
const domain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

/**
 * Whether the beacon's key signed this round: then its value was nobody's choice. A file of its own, since only who checks
 * a draw needs it; takes a second or so on a slow phone.
 * @param publicKey and @param signature as they are published, in hexadecimal digits
 */
export function isRoundSigned(publicKey: string, round: number, signature: string): boolean {
  const bls = bls12_381.shortSignatures;
  try {
    const point = bls.Signature.fromBytes(fromHex(signature));
    point.assertValidity();
    return bls.verify(point, bls.hash(sha256(u64(round)), domain), fromHex(publicKey));
  } catch {
    // Not the encoding of a point of the curve.
    return false;
  }
}
