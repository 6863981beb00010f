import { hash } from 'node:crypto';
import { sha256 } from '../../../platform/crypto.ts';
import { u32 } from './encode.ts';
import { hashBytes, leavesPerChunk } from '../order/method.ts';

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
export function rootOf(nodes: readonly Uint8Array[]): Buffer {
  return nodes.length === 0 ? sha256('') : rootOfLevels(levelsOf(Buffer.concat(nodes)));
}

/** Nodes side by side, then their parents, and so on up to the root. */
export type Levels = readonly [Buffer, ...Buffer[]];

/** @param nodes one or more, side by side */
export function levelsOf(nodes: Buffer): Levels {
  const parents: Buffer[] = [];
  for (let level = nodes; level.length > hashBytes; ) {
    level = parentsOf(level);
    parents.push(level);
  }
  return [nodes, ...parents];
}

export function rootOfLevels(levels: Levels): Buffer {
  return levels.at(-1) ?? levels[0];
}

/**
 * The siblings of a leaf's path to the root, from the bottom up.
 * @param chunk the tree of the chunk that holds the place
 * @param chunkRoots the tree over the roots of all chunks
 */
export function proofOf(index: number, chunk: Levels, chunkRoots: Levels): Buffer[] {
  return [...siblingsOf(chunk, index % leavesPerChunk), ...siblingsOf(chunkRoots, Math.floor(index / leavesPerChunk))];
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

function siblingsOf(levels: Levels, index: number): Buffer[] {
  const siblings: Buffer[] = [];
  let at = index;
  for (const level of levels) {
    const start = (at % 2 === 0 ? at + 1 : at - 1) * hashBytes;
    if (start < level.length) siblings.push(level.subarray(start, start + hashBytes));
    at = Math.floor(at / 2);
  }
  return siblings;
}

/** A million places have a million nodes: hashed as text into place, which costs a third of making a buffer of each. */
function parentsOf(level: Buffer): Buffer {
  const nodes = level.length / hashBytes;
  const parents = Buffer.allocUnsafe(Math.ceil(nodes / 2) * hashBytes);
  const block = Buffer.allocUnsafe(nodePrefix.length + 2 * hashBytes);
  nodePrefix.copy(block);
  for (let at = 0; at + 1 < nodes; at += 2) {
    level.copy(block, nodePrefix.length, at * hashBytes, (at + 2) * hashBytes);
    parents.write(hash('sha256', block, 'binary'), (at / 2) * hashBytes, 'latin1');
  }
  // A node that stands last and alone goes up as it is.
  if (nodes % 2 === 1) level.copy(parents, parents.length - hashBytes, level.length - hashBytes);
  return parents;
}
