import { hash } from 'node:crypto';
import { feistelRounds } from './method.ts';

/**
 * A keyed permutation of 0 .. places-1 that can be computed for a single place.
 *
 * Source: J. Black and P. Rogaway, "Ciphers with Arbitrary Finite Domains" (CT-RSA 2002), the generalised Feistel
 * construction with cycle walking. A place x is two digits, x = left * width + right, in a rectangle of height x width
 * cells that is at most one row larger than the list. Each round adds a hash of one digit to the other, alternately, modulo
 * that digit's range. A result beyond the list is permuted again until it falls inside, which is nearly always at once.
 *
 * The round function is SHA-256 over key, round and digit: one block of fixed length. 48 bits of the result are used, so
 * the remainder favours no digit by more than one part in 2^32.
 */

const label = Buffer.from('antre.feistel.v1');
const keyBytes = 32;
const roundAt = label.length + keyBytes;

export type Rectangle = { readonly height: number; readonly width: number };

/** height is the smallest whole number whose square is not below `places`; width is just enough columns. */
export function rectangleOf(places: number): Rectangle {
  let height = Math.ceil(Math.sqrt(places));
  while ((height - 1) * (height - 1) >= places) height -= 1;
  while (height * height < places) height += 1;
  return { height, width: Math.ceil(places / height) };
}

/** The position of the place at `index`. */
export function feistelPosition(key: Uint8Array, places: number, index: number): number {
  return walk(key, places, index, forwards);
}

/** The index of the place at `position`: the inverse. */
export function feistelIndex(key: Uint8Array, places: number, position: number): number {
  return walk(key, places, position, backwards);
}

type Direction = (block: Buffer, rectangle: Rectangle, value: number) => number;

function walk(key: Uint8Array, places: number, start: number, go: Direction): number {
  const rectangle = rectangleOf(places);
  const block = Buffer.allocUnsafe(roundAt + 5);
  label.copy(block);
  block.set(key, label.length);
  let value = go(block, rectangle, start);
  while (value >= places) value = go(block, rectangle, value);
  return value;
}

function forwards(block: Buffer, { height, width }: Rectangle, value: number): number {
  let left = Math.floor(value / width);
  let right = value % width;
  for (let round = 0; round < feistelRounds; round += 2) {
    left = (left + digit(block, round, right, height)) % height;
    right = (right + digit(block, round + 1, left, width)) % width;
  }
  return left * width + right;
}

function backwards(block: Buffer, { height, width }: Rectangle, value: number): number {
  let left = Math.floor(value / width);
  let right = value % width;
  for (let round = feistelRounds - 2; round >= 0; round -= 2) {
    right = (right + width - digit(block, round + 1, left, width)) % width;
    left = (left + height - digit(block, round, right, height)) % height;
  }
  return left * width + right;
}

/** The first six bytes of the hash, modulo `range`. As text, because node:crypto returns that fastest. */
function digit(block: Buffer, round: number, other: number, range: number): number {
  block[roundAt] = round;
  block.writeUInt32BE(other, roundAt + 1);
  return Number.parseInt(hash('sha256', block, 'hex').slice(0, 12), 16) % range;
}
