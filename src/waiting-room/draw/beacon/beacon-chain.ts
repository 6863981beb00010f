import { sha256 } from '../../../platform/crypto.ts';
import { u64 } from '../tree/encode.ts';

/**
 * A chain of drand (scheme bls-unchained-g1-rfc9380). The value of a round is a signature of its number alone, by a key
 * that no single party holds. Nobody knows it before its time, and nobody can choose it.
 */
export type BeaconChain = {
  /** Names the chain: a hash over its key, period and genesis. Hex. */
  readonly hash: string;
  /** Compressed point on G2, hex. */
  readonly publicKey: string;
  /** Time of round 1, in seconds since 1970. */
  readonly genesisSeconds: number;
  readonly periodSeconds: number;
  /** Relays, each of which serves the same chain; without a slash at the end. */
  readonly urls: readonly string[];
};

export type BeaconConfig = {
  readonly BEACON_URL: readonly string[];
  readonly BEACON_CHAIN_HASH: string;
  readonly BEACON_PUBLIC_KEY: string;
  readonly BEACON_GENESIS: number;
  readonly BEACON_PERIOD_SECONDS: number;
};

export function beaconChainOf(config: BeaconConfig): BeaconChain {
  return {
    hash: config.BEACON_CHAIN_HASH,
    publicKey: config.BEACON_PUBLIC_KEY,
    genesisSeconds: config.BEACON_GENESIS,
    periodSeconds: config.BEACON_PERIOD_SECONDS,
    urls: config.BEACON_URL,
  };
}

/** The time at which a round's value is published. */
export function timeOfRound(chain: BeaconChain, round: number): Date {
  return new Date((chain.genesisSeconds + (round - 1) * chain.periodSeconds) * 1000);
}

/** The first round whose time is not before `time`. */
export function firstRoundFrom(chain: BeaconChain, time: Date): number {
  const periods = (time.getTime() / 1000 - chain.genesisSeconds) / chain.periodSeconds;
  return Math.max(1, Math.ceil(periods) + 1);
}

/** What the chain signs for a round. */
export function messageOfRound(round: number): Buffer {
  return sha256(u64(round));
}

/** The round's value. A round has exactly one valid signature, so nobody can choose the value. */
export function randomnessOf(signature: Uint8Array): Buffer {
  return sha256(signature);
}
