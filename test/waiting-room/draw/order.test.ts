import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/platform/crypto.ts';
import { indexAt, positionOf } from '../../../src/waiting-room/draw/index.ts';
import { feistelPosition, rectangleOf } from '../../../src/waiting-room/draw/order/feistel.ts';
import { shuffledPositions } from '../../../src/waiting-room/draw/order/shuffle.ts';
import { chiSquare, chiSquareMax } from './support/chi-square.ts';

/** Guards promise 9, the queue is fair: every order of a drawn list is equally likely, as far as anybody can see. */

const keyOf = (number: number) => sha256(`key ${number}`);

describe('a drawn list', () => {
  test.each([0, 1, 2, 3, 5, 64, 4095, 4096, 4097, 4160, 5000, 50_021])(
    'of %i places gives every place one position, and can be inverted',
    (places) => {
      const draw = { frozenPlaces: places, drawKey: keyOf(places) };
      const seen = new Uint8Array(places);
      for (let index = 0; index < places; index += 1) {
        const position = positionOf(draw, index);
        seen[position] = (seen[position] ?? 2) + 1;
        if (index % 97 === 0) expect(indexAt(draw, position)).toBe(index);
      }
      expect(seen.every((count) => count === 1)).toBe(true);
    },
  );

  test('of any size and key can be inverted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000_000 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.nat(),
        (frozenPlaces, drawKey, number) => {
          const index = number % frozenPlaces;
          const position = positionOf({ frozenPlaces, drawKey }, index);
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThan(frozenPlaces);
          expect(indexAt({ frozenPlaces, drawKey }, position)).toBe(index);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('leaves those who joined after the freeze behind it, in their order', () => {
    const draw = { frozenPlaces: 5000, drawKey: keyOf(1) };
    for (const index of [5000, 5001, 9_999_999]) {
      expect(positionOf(draw, index)).toBe(index);
      expect(indexAt(draw, index)).toBe(index);
    }
  });

  test('is permuted within a rectangle that is hardly larger', () => {
    for (const places of [1, 2, 4095, 4096, 4097, 1_000_000, 2_147_483_647]) {
      const { height, width } = rectangleOf(places);
      expect(height * width).toBeGreaterThanOrEqual(places);
      expect(height * width - places).toBeLessThan(height);
      expect(height).toBeLessThanOrEqual(Math.ceil(Math.sqrt(places)));
    }
  });
});

const keys = 24_000;
const orders = 120;

/** How often each order of five places occurred. */
function countOrders(positions: (key: Uint8Array) => ArrayLike<number>): number[] {
  const counts = new Map<string, number>();
  for (let number = 0; number < keys; number += 1) {
    const order = Array.from(positions(keyOf(number))).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  return [...counts.values(), ...Array<number>(orders - counts.size).fill(0)];
}

describe('a small list', () => {
  test('comes in each of the 120 orders of five equally often', () => {
    expect(chiSquare(countOrders((key) => shuffledPositions(key, 5)))).toBeLessThan(chiSquareMax(orders));
  });

  test('control: a shuffle that swaps with any place fails the check', () => {
    const naive = (key: Uint8Array) => {
      const positions = [0, 1, 2, 3, 4];
      for (let at = 0; at < 5; at += 1) {
        const other = (key[at] ?? 0) % 5;
        [positions[at], positions[other]] = [positions[other] ?? 0, positions[at] ?? 0];
      }
      return positions;
    };
    expect(chiSquare(countOrders(naive))).toBeGreaterThan(chiSquareMax(orders));
  });

  test('control: five places by the permutation of large lists fail the check', () => {
    const tiny = (key: Uint8Array) => [0, 1, 2, 3, 4].map((index) => feistelPosition(key, 5, index));
    expect(chiSquare(countOrders(tiny))).toBeGreaterThan(chiSquareMax(orders));
  });

  test('puts each of 4,095 places at every position equally often', () => {
    const cells = 63;
    const counts = new Uint32Array(cells * 3);
    for (let number = 0; number < 900; number += 1) {
      const positions = shuffledPositions(keyOf(number), 4095);
      [0, 2047, 4094].forEach((index, at) => {
        const cell = at * cells + Math.floor((positions[index] ?? 0) / 65);
        counts[cell] = (counts[cell] ?? 0) + 1;
      });
    }
    expect(chiSquare(counts)).toBeLessThan(chiSquareMax(counts.length));
  });
});

/** Two places that a Feistel permutation might treat alike: of one row, of one column, of neither. */
const pairs = [
  [0, 1],
  [0, 64],
  [5, 4000],
] as const;
const draws = 20_000;
const side = 64;

type Permute = (key: Uint8Array, index: number) => number;

/** Where the first of a pair lands, by row; and how far ahead of it the second one does, by 64ths of the list. */
function countPairs(permute: Permute): { rows: Uint32Array; distances: Uint32Array } {
  const rows = new Uint32Array(side * pairs.length);
  const distances = new Uint32Array(side * pairs.length);
  for (let number = 0; number < draws; number += 1) {
    const key = keyOf(number);
    pairs.forEach(([first, second], at) => {
      const [one, other] = [permute(key, first), permute(key, second)];
      const row = at * side + Math.floor(one / side);
      const distance = at * side + Math.floor(((other - one + 4096) % 4096) / side);
      rows[row] = (rows[row] ?? 0) + 1;
      distances[distance] = (distances[distance] ?? 0) + 1;
    });
  }
  return { rows, distances };
}

describe('a large list', () => {
  test('puts a place at every position equally often, and another at every distance from it', () => {
    const { rows, distances } = countPairs((key, index) => feistelPosition(key, 4096, index));
    expect(chiSquare(rows)).toBeLessThan(chiSquareMax(rows.length));
    expect(chiSquare(distances)).toBeLessThan(chiSquareMax(distances.length));
  });

  test('control: two rounds fail the check', () => {
    const twoRounds: Permute = (key, index) => {
      const [row, column] = [Math.floor(index / side), index % side];
      const newRow = (row + (sha256(Buffer.of(...key, 0, column))[0] ?? 0)) % side;
      return newRow * side + ((column + (sha256(Buffer.of(...key, 1, newRow))[0] ?? 0)) % side);
    };
    const { distances } = countPairs(twoRounds);
    expect(chiSquare(distances)).toBeGreaterThan(chiSquareMax(distances.length));
  });

  test('does not follow the order of arrival', () => {
    const places = 30_011;
    const draw = { frozenPlaces: places, drawKey: keyOf(7) };
    let product = 0;
    for (let index = 0; index < places; index += 1)
      product += (index - (places - 1) / 2) * (positionOf(draw, index) - (places - 1) / 2);
    const variance = (places ** 2 - 1) / 12;
    // The correlation of fair orders is spread around 0 by one over the root of the places.
    expect(Math.abs(product / places / variance)).toBeLessThan(5 / Math.sqrt(places));
  });
});
