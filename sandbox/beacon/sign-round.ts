import { createHash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { demoBeaconSecretKey } from './demo-chain.ts';

export type Forgery = 'bad_signature' | 'other_key' | 'other_round' | 'outside_subgroup';

const domain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const otherKey = demoBeaconSecretKey.replace(/^../, '5b');
const kept = new Map<string, string>();
const keptMax = 1000;

/** The signature of a round in hex: the valid one, or one that only has the right form. */
export function signRound(round: number, forgery?: Forgery): string {
  const name = `${round} ${forgery ?? ''}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const signature = makeSignature(round, forgery);
  if (kept.size >= keptMax) kept.clear();
  kept.set(name, signature);
  return signature;
}

function makeSignature(round: number, forgery: Forgery | undefined): string {
  if (forgery === 'other_key') return signed(round, otherKey).toHex();
  if (forgery === 'other_round') return signed(round + 1, demoBeaconSecretKey).toHex();
  const real = signed(round, demoBeaconSecretKey);
  if (forgery === 'bad_signature') return real.negate().toHex();
  if (forgery === 'outside_subgroup') return compressed(real.add(strayPoint()).toAffine());
  return real.toHex();
}

function signed(round: number, secretKey: string) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(round));
  const message = createHash('sha256').update(bytes).digest();
  const bls = bls12_381.shortSignatures;
  return bls.sign(bls.hash(message, domain), Buffer.from(secretKey, 'hex'));
}

/** A point of the curve outside the subgroup: added to a signature, it leaves the pairing equation true. */
function strayPoint() {
  const { Point } = bls12_381.G1;
  const { Fp } = bls12_381.fields;
  for (let x = 1n; ; x += 1n) {
    const square = Fp.add(Fp.mul(Fp.sqr(x), x), 4n);
    const y = rootOrUndefined(() => Fp.sqrt(square));
    if (y === undefined) continue;
    const point = Point.fromAffine({ x, y });
    // Multiplied by the order of the subgroup, so that the rest has no part in it.
    const stray = point.multiplyUnsafe(bls12_381.fields.Fr.ORDER - 1n).add(point);
    if (!stray.is0()) return stray;
  }
}

/** Written by hand, because the library refuses to write this point. */
function compressed({ x, y }: { x: bigint; y: bigint }): string {
  const bytes = Buffer.from(x.toString(16).padStart(96, '0'), 'hex');
  const isLarger = y * 2n > bls12_381.fields.Fp.ORDER;
  bytes[0] = (bytes[0] ?? 0) | (isLarger ? 0xa0 : 0x80);
  return bytes.toString('hex');
}

function rootOrUndefined(root: () => bigint): bigint | undefined {
  try {
    return root();
  } catch {
    return undefined;
  }
}
