import { sha256, text, u32 } from './bytes.ts';

/**
 * Position of a place, computed by its holder from published data (docs/features/draw.md): a Fisher-Yates shuffle below 4,096
 * places, a generalised Feistel permutation with cycle walking from there on. It takes ten hashes, or about five hundred.
 */

const shuffledPlacesMax = 4096;
const feistelRounds = 10;
const wordsMax = 2 ** 32;
const shuffleLabel = text('antre.shuffle.v1');
const feistelLabel = text('antre.feistel.v1');

/**
 * The position of a place, counted from 0. Places after the freeze follow in the order of arrival.
 * @param key the draw's key, 32 bytes
 * @param frozenPlaces number of places at the freeze
 */
export function positionOf(key: Uint8Array, frozenPlaces: number, index: number): number {
  if (index >= frozenPlaces) return index;
  return frozenPlaces < shuffledPlacesMax ? shuffled(key, frozenPlaces, index) : permuted(key, frozenPlaces, index);
}

function shuffled(key: Uint8Array, places: number, index: number): number {
  const word = wordsFrom(key);
  const positions = Uint16Array.from({ length: places }, (_, at) => at);
  for (let last = places - 1; last > 0; last -= 1) {
    const other = below(last + 1, word);
    const kept = positions[last] ?? 0;
    positions[last] = positions[other] ?? 0;
    positions[other] = kept;
  }
  return positions[index] ?? index;
}

/** Words that would favour small remainders are discarded. */
function below(range: number, word: () => number): number {
  const fair = wordsMax - (wordsMax % range);
  let drawn = word();
  while (drawn >= fair) drawn = word();
  return drawn % range;
}

function wordsFrom(key: Uint8Array): () => number {
  let block: DataView = new DataView(new ArrayBuffer(0));
  let counter = 0;
  let at = 0;
  return () => {
    if (at === block.byteLength) {
      block = viewOf(sha256(shuffleLabel, key, u32(counter)));
      counter += 1;
      at = 0;
    }
    at += 4;
    return block.getUint32(at - 4);
  };
}

function permuted(key: Uint8Array, places: number, index: number): number {
  let height = Math.floor(Math.sqrt(places));
  while (height * height < places) height += 1;
  const width = Math.ceil(places / height);
  let place = index;
  do {
    let left = Math.floor(place / width);
    let right = place % width;
    for (let round = 0; round < feistelRounds; round += 2) {
      left = (left + digit(key, round, right)) % height;
      right = (right + digit(key, round + 1, left)) % width;
    }
    place = left * width + right;
  } while (place >= places);
  return place;
}

/** The first six bytes of the hash as a number: the sum with a digit is still exact. */
function digit(key: Uint8Array, round: number, other: number): number {
  const hash = viewOf(sha256(feistelLabel, key, Uint8Array.of(round), u32(other)));
  return hash.getUint32(0) * 2 ** 16 + hash.getUint16(4);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
