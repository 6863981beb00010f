import { sha256 } from '../../platform/crypto.ts';
import { u32 } from './encode.ts';
import { hashBytes, leavesPerChunk } from './method.ts';

/**
 * The Merkle tree of RFC 9162 (Certificate Transparency), section 2.1, over the frozen places in order of index, so that
 * its inclusion proofs can be checked by any implementation of that standard. Rows of 1,024 leaves are subtrees of it.
 */

const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

/** The hash of place `index`: of what the event is, where the place stands, and a salted hash of whose it is. */
export function leafOf(eventId: string, index: number, salt: Uint8Array, accountKey: string): Buffer {
  const account = sha256(Buffer.concat([salt, Buffer.from(accountKey)]));
  return sha256(Buffer.concat([leafPrefix, Buffer.from(eventId), u32(index), account]));
}

export function nodeOf(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

/** The root over subtrees of equal size, of which the last may be smaller; the hash of nothing where there are none. */
export function rootOf(nodes: readonly Uint8Array[]): Uint8Array {
  let level = nodes;
  while (level.length > 1) level = parentsOf(level);
  return level[0] ?? sha256('');
}

/** Leaves of one chunk as they are stored, side by side. */
export function leavesIn(chunk: Uint8Array): Uint8Array[] {
  return Array.from({ length: chunk.length / hashBytes }, (_, at) =>
    chunk.subarray(at * hashBytes, (at + 1) * hashBytes),
  );
}

/**
 * The siblings of a leaf's path to the root, from the bottom up.
 * @param chunk the leaves of the chunk that holds the place
 * @param chunkRoots the roots of all chunks
 */
export function proofOf(index: number, chunk: Uint8Array, chunkRoots: readonly Uint8Array[]): Uint8Array[] {
  return [
    ...siblingsOf(leavesIn(chunk), index % leavesPerChunk),
    ...siblingsOf(chunkRoots, Math.floor(index / leavesPerChunk)),
  ];
}

/** The root that a proof leads to (RFC 9162, 2.1.3.2), or undefined when it has not the right length for its place. */
export function rootOfProof(
  leaf: Uint8Array,
  index: number,
  places: number,
  siblings: readonly Uint8Array[],
): Uint8Array | undefined {
  let node = leaf;
  let at = index;
  let last = places - 1;
  if (index > last) return undefined;
  for (const sibling of siblings) {
    if (last === 0) return undefined;
    // A node that stands last and alone goes up as it is.
    while (at % 2 === 0 && at === last) {
      at = Math.floor(at / 2);
      last = Math.floor(last / 2);
    }
    node = at % 2 === 1 ? nodeOf(sibling, node) : nodeOf(node, sibling);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  while (last > 0 && at === last && at % 2 === 0) {
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? node : undefined;
}

function siblingsOf(nodes: readonly Uint8Array[], index: number): Uint8Array[] {
  const siblings: Uint8Array[] = [];
  let at = index;
  for (let level = nodes; level.length > 1; level = parentsOf(level)) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) siblings.push(sibling);
    at = Math.floor(at / 2);
  }
  return siblings;
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]];
    if (left !== undefined) parents.push(right === undefined ? left : nodeOf(left, right));
  }
  return parents;
}
