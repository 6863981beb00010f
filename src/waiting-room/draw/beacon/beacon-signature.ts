import { bls12_381 } from '@noble/curves/bls12-381.js';
import { messageOfRound } from './beacon-chain.ts';

/** RFC 9380's name for how the message becomes a point of G1; drand's scheme fixes it. */
const domain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const signatureBytes = 48;

/**
 * Whether a chain's key signed this round. Takes some 20 ms of processor time: for workers, not for requests.
 * @param publicKey hex, as the chain publishes it
 */
export function isRoundSigned(publicKey: string, round: number, signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) return false;
  const bls = bls12_381.shortSignatures;
  try {
    const point = bls.Signature.fromBytes(signature);
    // A point outside the subgroup could be added to a signature and would still satisfy the equation: a second
    // "valid" value of the same round.
    point.assertValidity();
    return bls.verify(point, bls.hash(messageOfRound(round), domain), Buffer.from(publicKey, 'hex'));
  } catch {
    // Not the encoding of a point of the curve.
    return false;
  }
}
