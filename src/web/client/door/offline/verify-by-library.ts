import { ed25519 } from '@noble/curves/ed25519.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { SignedPart } from '../../../../orders/tickets/codes/ticket-code.ts';

/** Whether the signature of a code is right by a public key of the service, in hex. */
export type VerifySignature = (signed: SignedPart, publicKey: string) => Promise<boolean>;

const pointBytes = 32;

/**
 * Verifies as strictly as browsers do. The library's equation also holds for points with a part of small order, which the holder of the
 * key could use for two codes with one signature, so such a point is refused.
 */
export const verifyByLibrary: VerifySignature = async ({ signature, message }, publicKey) => {
  try {
    const isRight = ed25519.verify(signature, message, hexToBytes(publicKey), { zip215: false });
    return isRight && ed25519.Point.fromBytes(signature.subarray(0, pointBytes)).isTorsionFree();
  } catch {
    return false;
  }
};
