import { hash } from 'node:crypto';
import { sha256 } from '../../../platform/crypto.ts';
import { u32 } from './encode.ts';
import { hashBytes, leavesPerChunk } from '../order/method.ts';

/**
 * The Merkle tree of RFC 9162 (Certificate Transparency), section 2.1, over the frozen places ordered by index. Any
 * implementation of the standard can check its inclusion proofs. Rows of 1,024 leaves are subtrees.
 */

const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

/** The leaf of place `index`: a hash of the event, the index, and a salted hash of the account. */
export function leafOf(eventId: string, index: number, salt: Uint8Array, accountKey: string): Buffer {
  const account = sha256(Buffer.concat([salt, Buffer.from(accountKey)]));
  return sha256(Buffer.concat([leafPrefix, Buffer.from(eventId), u32(index), account]));
}

function nodeOf(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

/** The root over subtrees of equal size, the last of which may be smaller; the hash of the empty string without any. */
export function rootOf(nodes: readonly Uint8Array[]): Buffer {
  return nodes.length === 0 ? sha256('') : rootOfLevels(levelsOf(Buffer.concat(nodes)));
}

/** The levels of the tree: the given nodes, their parents, and so on up to the root. */
export type Levels = readonly [Buffer, ...Buffer[]];

/** @param nodes one or more, concatenated */
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
 * The siblings on a leaf's path to the root, from the bottom up.
 * @param chunk the tree of the chunk that contains the place
 * @param chunkRoots the tree over the roots of all chunks
 */
export function proofOf(index: number, chunk: Levels, chunkRoots: Levels): Buffer[] {
  return [...siblingsOf(chunk, index % leavesPerChunk), ...siblingsOf(chunkRoots, Math.floor(index / leavesPerChunk))];
}

/** The root to which a proof leads (RFC 9162, 2.1.3.2); undefined if its length is wrong for the place. */
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
    // A last node without a sibling moves up unchanged.
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

/**
 * A million places have a million nodes. They are hashed as text and written in place, at a third of the cost of a buffer
 * for each.
 */
function parentsOf(level: Buffer): Buffer {
  const nodes = level.length / hashBytes;
  const parents = Buffer.allocUnsafe(Math.ceil(nodes / 2) * hashBytes);
  const block = Buffer.allocUnsafe(nodePrefix.length + 2 * hashBytes);
  nodePrefix.copy(block);
  for (let at = 0; at + 1 < nodes; at += 2) {
    level.copy(block, nodePrefix.length, at * hashBytes, (at + 2) * hashBytes);
    parents.write(hash('sha256', block, 'binary'), (at / 2) * hashBytes, 'latin1');
  }
  // A last node without a sibling moves up unchanged.
  if (nodes % 2 === 1) level.copy(parents, parents.length - hashBytes, level.length - hashBytes);
  return parents;
}
