import { createHash } from 'node:crypto';

/**
 * The sandbox's own chain with drand's protocol. Its key is public, so anybody can choose its values: use it only for
 * demos.
 */
export type ChainInfo = Readonly<{
  public_key: string;
  /** Seconds. */
  period: number;
  genesis_time: number;
  hash: string;
  groupHash: string;
  schemeID: 'bls-unchained-g1-rfc9380';
  metadata: Readonly<{ beaconID: string }>;
}>;

export const demoBeaconSecretKey = '6bac78418558b31deb3116162b8d2f4ae20723c1444437b24ed3840b00000001';

const publicKey =
  'a74f69aab30779723d58b8de71a6e13b61e7f952a7ee42275d9d9b2a563bb3b6905b9c7d42b76e21afb3d5e9814afea6' +
  '0a571cadc650d85c1db086e0e200617f92a9ea80d83df1bfe948fb6cc5c692afd20d4e8faef3ec8b43b1381e00685e8a';
const genesisSeconds = 1_700_000_000;
const beaconId = 'antre-sandbox';
export const demoBeaconPeriodSeconds = 3;

/** The chain's facts in the form of drand's `/info`. */
export function demoChain(periodSeconds: number = demoBeaconPeriodSeconds): ChainInfo {
  const groupHash = createHash('sha256').update(`group of ${beaconId}`).digest('hex');
  const facts = { public_key: publicKey, period: periodSeconds, genesis_time: genesisSeconds, groupHash };
  return {
    ...facts,
    hash: chainHash(facts),
    schemeID: 'bls-unchained-g1-rfc9380',
    metadata: { beaconID: beaconId },
  };
}

/** The hash that names a chain: SHA-256 over period, genesis, key, group and id. */
function chainHash(facts: Pick<ChainInfo, 'public_key' | 'period' | 'genesis_time' | 'groupHash'>): string {
  const period = Buffer.alloc(4);
  period.writeUInt32BE(facts.period);
  const genesis = Buffer.alloc(8);
  genesis.writeBigInt64BE(BigInt(facts.genesis_time));
  return createHash('sha256')
    .update(period)
    .update(genesis)
    .update(Buffer.from(facts.public_key, 'hex'))
    .update(Buffer.from(facts.groupHash, 'hex'))
    .update(beaconId)
    .digest('hex');
}
