import { fourBytes, sha256, text } from './hashing.ts';

/** RFC 9162, section 2.1, as written: recursive, over the whole list. */

const nothing = sha256();
const leafTag = Buffer.of(0);
const nodeTag = Buffer.of(1);

export function leafHash(eventId: string, index: number, salt: Uint8Array, accountKey: string): Buffer {
  return sha256(leafTag, text(eventId), fourBytes(index), sha256(salt, text(accountKey)));
}

/** MTH: the hash of the tree over leaf hashes `from` to `to`. */
export function treeHead(leaf: (index: number) => Uint8Array, from: number, to: number): Uint8Array {
  const count = to - from;
  if (count === 0) return nothing;
  if (count === 1) return leaf(from);
  let split = 1;
  while (split * 2 < count) split *= 2;
  return sha256(nodeTag, treeHead(leaf, from, from + split), treeHead(leaf, from + split, to));
}

/** 2.1.3.2: whether the path leads from the leaf to the root. */
export function provesInclusion(
  proof: { index: number; places: number; leaf: Uint8Array; siblings: readonly Uint8Array[] },
  head: Uint8Array,
): boolean {
  if (proof.index >= proof.places) return false;
  let [fn, sn] = [proof.index, proof.places - 1];
  let reached: Uint8Array = proof.leaf;
  for (const sibling of proof.siblings) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      reached = sha256(nodeTag, sibling, reached);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >>> 1, sn >>> 1];
    } else {
      reached = sha256(nodeTag, reached, sibling);
    }
    [fn, sn] = [fn >>> 1, sn >>> 1];
  }
  return sn === 0 && Buffer.compare(reached, head) === 0;
}
