import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { provesInclusion, treeHead } from '../../../loadtest/audit-draw/tree.ts';
import { sha256 } from '../../../src/platform/crypto.ts';
import { leafOf, placeSalt, proofOf, rootOf, rootOfProof } from '../../../src/waiting-room/draw/index.ts';
import { createLeafWriter } from '../../../src/waiting-room/draw/tree/leaf-writer.ts';
import { levelsOf, rootOfLevels } from '../../../src/waiting-room/draw/tree/merkle.ts';

/** Guards promise 9: a place in the list can be proven to be in it, and no other can. */

function listOf(places: number) {
  const leaves = Array.from({ length: places }, (_, index) => sha256(`leaf ${index}`));
  const chunks: Buffer[] = [];
  for (let at = 0; at < places; at += 1024) chunks.push(Buffer.concat(leaves.slice(at, at + 1024)));
  const trees = chunks.map(levelsOf);
  const roots = trees.map(rootOfLevels);
  return { leaves, trees, rootTree: levelsOf(Buffer.concat(roots)), root: rootOf(roots) };
}

const lists = new Map<number, ReturnType<typeof listOf>>();
const keptList = (places: number) =>
  lists.get(places) ?? lists.set(places, listOf(places)).get(places) ?? listOf(places);

const someList = fc.constantFrom(1, 2, 3, 7, 1023, 1024, 1025, 2047, 2048, 2049, 5000);

describe('the tree over chunks', () => {
  test('equals the tree of RFC 9162 over the whole list', () => {
    for (const places of [0, 1, 2, 3, 1023, 1024, 1025, 3000, 5000]) {
      const { leaves, root } = listOf(places);
      expect(Buffer.from(root)).toEqual(treeHead((index) => leaves[index] ?? Buffer.alloc(0), 0, places));
    }
  });

  test('proves each of its leaves, also by the algorithm of the standard', () => {
    fc.assert(
      fc.property(someList, fc.nat(), (places, number) => {
        const { leaves, trees, rootTree, root } = keptList(places);
        const index = number % places;
        const leaf = leaves[index] ?? Buffer.alloc(0);
        const siblings = proofOf(index, trees[Math.floor(index / 1024)] ?? rootTree, rootTree);
        expect(rootOfProof(leaf, index, places, siblings)).toEqual(root);
        expect(provesInclusion({ index, places, leaf, siblings }, root)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('does not prove another leaf, index, length or sibling', () => {
    fc.assert(
      fc.property(someList, fc.nat(), fc.nat(), fc.nat(), (places, number, otherNumber, at) => {
        const { leaves, trees, rootTree, root } = keptList(places);
        const [index, other] = [number % places, otherNumber % places];
        const leaf = leaves[index] ?? Buffer.alloc(0);
        const siblings = proofOf(index, trees[Math.floor(index / 1024)] ?? rootTree, rootTree);
        const isProven = (proof: Parameters<typeof provesInclusion>[0]) => {
          const own = rootOfProof(proof.leaf, proof.index, proof.places, proof.siblings);
          const isOwn = own !== undefined && Buffer.compare(own, root) === 0;
          expect(provesInclusion(proof, root)).toBe(isOwn);
          return isOwn;
        };
        if (other !== index) expect(isProven({ index: other, places, leaf, siblings })).toBe(false);
        expect(isProven({ index, places, leaf: sha256('another'), siblings })).toBe(false);
        expect(isProven({ index, places, leaf, siblings: [...siblings, leaf] })).toBe(false);
        expect(isProven({ index: places, places, leaf, siblings })).toBe(false);
        if (siblings.length === 0) return;
        expect(isProven({ index, places, leaf, siblings: siblings.slice(1) })).toBe(false);
        const changed = siblings.map((sibling, level) => (level === at % siblings.length ? leaf : sibling));
        expect(isProven({ index, places, leaf, siblings: changed })).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a salt', () => {
  test('is 16 bytes, the same each time, and depends on this place, event and secret alone', () => {
    const salt = placeSalt('secret', 'evt_7K3M9XQ2', 12);
    expect(salt).toHaveLength(16);
    expect(placeSalt('secret', 'evt_7K3M9XQ2', 12)).toEqual(salt);
    for (const other of [placeSalt('secret', 'evt_7K3M9XQ2', 1), placeSalt('secret', 'evt_7K3M9XQ3', 12)])
      expect(other).not.toEqual(salt);
    expect(placeSalt('another', 'evt_7K3M9XQ2', 12)).not.toEqual(salt);
  });
});

describe('the fast way to write leaves', () => {
  test('writes what the plain way writes, for any secret, account and index', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 100 }),
        fc.nat(2_147_483_646),
        fc.string({ maxLength: 60, unit: 'grapheme' }),
        (secret, index, accountKey) => {
          const leaves = Buffer.alloc(96);
          const writeLeaf = createLeafWriter(secret, 'evt_7K3M9XQ2');
          writeLeaf(7, 'another one, longer than the next', leaves, 0);
          writeLeaf(index, accountKey, leaves, 32);
          const plain = leafOf('evt_7K3M9XQ2', index, placeSalt(secret, 'evt_7K3M9XQ2', index), accountKey);
          expect(leaves.subarray(32, 64)).toEqual(plain);
        },
      ),
      { numRuns: 300 },
    );
  });
});
