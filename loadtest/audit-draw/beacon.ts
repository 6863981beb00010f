import { bls12_381 } from '@noble/curves/bls12-381.js';
import { fourBytes, fromHex, sha256, text } from './hashing.ts';

/** A drand chain, as its `/info` describes it. */
export type Chain = {
  readonly hash: string;
  readonly publicKey: string;
  readonly genesis: number;
  readonly periodSeconds: number;
};

/** The League of Entropy's chain, written here so that no relay has to be asked. */
export const quicknet: Chain = {
  hash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451' +
    '0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  genesis: 1_692_803_367,
  periodSeconds: 3,
};

/** Milliseconds since 1970. */
export function roundTime(chain: Chain, round: number): number {
  return (chain.genesis + (round - 1) * chain.periodSeconds) * 1000;
}

/** The hash that names a chain. */
export function chainName(chain: Chain, groupHash: string, beaconId: string): string {
  return sha256(
    fourBytes(chain.periodSeconds),
    eightBytes(chain.genesis),
    fromHex(chain.publicKey),
    fromHex(groupHash),
    beaconId === 'default' ? Buffer.alloc(0) : text(beaconId),
  ).toString('hex');
}

/** Whether the chain's key signed this round: pairing equation, point on the curve, point in the subgroup. */
export function signedByChain(chain: Chain, round: number, signature: Uint8Array): boolean {
  const { shortSignatures, G1 } = bls12_381;
  const onCurve = shortSignatures.hash(sha256(eightBytes(round)), 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_');
  try {
    const point = G1.Point.fromBytes(signature);
    return point.isTorsionFree() && shortSignatures.verify(point, onCurve, fromHex(chain.publicKey));
  } catch {
    return false;
  }
}

function eightBytes(value: number): Buffer {
  return Buffer.concat([fourBytes(Math.floor(value / 2 ** 32)), fourBytes(value % 2 ** 32)]);
}
