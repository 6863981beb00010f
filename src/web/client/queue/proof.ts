import { sha256, text, u32 } from './bytes.ts';

/** Recomputes the hashes that bind a draw (docs/features/draw.md), so that anybody can check it. */

const leafTag = Uint8Array.of(0);
const nodeTag = Uint8Array.of(1);
const seedLabel = text('antre.seed.v1');
const keyLabel = text('antre.draw.v1');

/** Published before anybody could join: it commits to the seed without showing it. */
export function seedHashOf(seed: Uint8Array): Uint8Array {
  return sha256(seedLabel, seed);
}

/** The entry of a place in the frozen list. It cannot be made without the salt and the account key. */
export function leafOf(eventId: string, index: number, salt: Uint8Array, accountKey: string): Uint8Array {
  return sha256(leafTag, text(eventId), u32(index), sha256(salt, text(accountKey)));
}

/**
 * The root to which a path of siblings leads (RFC 9162, 2.1.3.2); undefined if the path has the wrong length.
 * @param places number of entries of the whole list
 */
export function rootOfPath(
  leaf: Uint8Array,
  index: number,
  places: number,
  siblings: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index >= places) return undefined;
  let node = leaf;
  let at = index;
  let last = places - 1;
  for (const sibling of siblings) {
    if (last === 0) return undefined;
    const isRight = at % 2 === 1;
    if (isRight || at === last) {
      node = sha256(nodeTag, sibling, node);
      // A last node without a sibling moves up unchanged.
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else {
      node = sha256(nodeTag, node, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? node : undefined;
}

/** The inputs of the key. All of them are published once the draw is done. */
export type KeyParts = {
  readonly eventId: string;
  /** Number of the draw, from 1. */
  readonly number: number;
  readonly seed: Uint8Array;
  readonly beaconRandomness: Uint8Array;
  readonly merkleRoot: Uint8Array;
  readonly places: number;
  /** Ascending. */
  readonly voidedPlaces: readonly number[];
};

export function drawKeyOf(parts: KeyParts): Uint8Array {
  const eventId = text(parts.eventId);
  return sha256(
    keyLabel,
    parts.seed,
    parts.beaconRandomness,
    parts.merkleRoot,
    u32(parts.places),
    u32(parts.number),
    u32(eventId.length),
    eventId,
    u32(parts.voidedPlaces.length),
    ...parts.voidedPlaces.map(u32),
  );
}
