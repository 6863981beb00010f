import { hmacSha256, sha256 } from '../../../platform/crypto.ts';
import { u32 } from '../tree/encode.ts';
import { saltBytes } from './method.ts';

const seedLabel = Buffer.from('antre.seed.v1');
const keyLabel = Buffer.from('antre.draw.v1');

/** Published with the commitment: it binds the seed without showing it. */
export function seedHashOf(seed: Uint8Array): Buffer {
  return sha256(Buffer.concat([seedLabel, seed]));
}

export type DrawFacts = {
  readonly eventId: string;
  /** The draw's number: a second draw of the same list has another key, even with equal facts. */
  readonly number: number;
  readonly seed: Uint8Array;
  readonly beaconRandomness: Uint8Array;
  readonly merkleRoot: Uint8Array;
  readonly places: number;
  /** Ascending. */
  readonly voidedPlaces: readonly number[];
};

/**
 * The key of the permutation. Every part has a fixed width or is preceded by its length, so no two sets of facts give
 * the same bytes.
 */
export function drawKeyOf(facts: DrawFacts): Buffer {
  const eventId = Buffer.from(facts.eventId);
  return sha256(
    Buffer.concat([
      keyLabel,
      facts.seed,
      facts.beaconRandomness,
      facts.merkleRoot,
      u32(facts.places),
      u32(facts.number),
      u32(eventId.length),
      eventId,
      u32(facts.voidedPlaces.length),
      ...facts.voidedPlaces.map(u32),
    ]),
  );
}

/**
 * The salt of a place's leaf, 16 bytes, told only to its buyer. With it the buyer recognises the leaf. Without it nobody
 * can find a buyer by guessing phone numbers.
 */
export function placeSalt(secret: string, eventId: string, index: number): Buffer {
  return hmacSha256(secret, `salt.v1\0${eventId}\0${index}`).subarray(0, saltBytes);
}
