import { fourBytes, sha256, text } from './hashing.ts';

const shuffledBelow = 4096;
const rounds = 10;

/** Places that are computed before the event loop continues. */
const yieldEvery = 20_000;

/** The positions of all indexes. */
export async function allPositions(
  key: Uint8Array,
  places: number,
  onProgress: (done: number) => void = () => {},
): Promise<Uint32Array> {
  if (places < shuffledBelow) return shuffled(key, places);
  const grid = gridOf(key, places);
  const positions = new Uint32Array(places);
  for (let index = 0; index < places; index += 1) {
    if (index % yieldEvery === 0) {
      onProgress(index);
      await new Promise((resolve) => setImmediate(resolve));
    }
    positions[index] = permuted(grid, index);
  }
  return positions;
}

/** The position of one index. */
export function positionAt(key: Uint8Array, places: number, index: number): number {
  if (index >= places) return index;
  return places < shuffledBelow ? (shuffled(key, places)[index] ?? index) : permuted(gridOf(key, places), index);
}

function shuffled(key: Uint8Array, places: number): Uint32Array {
  const numbers = numbersFrom(key);
  const positions = new Uint32Array(places);
  for (let at = 0; at < places; at += 1) positions[at] = at;
  for (let at = places - 1; at >= 1; at -= 1) {
    const choices = at + 1;
    const refused = 2 ** 32 % choices;
    let number = numbers.next().value;
    while (number >= 2 ** 32 - refused) number = numbers.next().value;
    const other = number % choices;
    const swapped = positions.at(other) ?? 0;
    positions[other] = positions.at(at) ?? 0;
    positions[at] = swapped;
  }
  return positions;
}

function* numbersFrom(key: Uint8Array): Generator<number, never> {
  for (let block = 0; ; block += 1) {
    const bytes = new DataView(Uint8Array.from(sha256(text('antre.shuffle.v1'), key, fourBytes(block))).buffer);
    for (let word = 0; word < 8; word += 1) yield bytes.getUint32(word * 4);
  }
}

type Grid = {
  readonly places: number;
  readonly height: number;
  readonly width: number;
  /** The first bytes of every hash. */
  readonly start: Uint8Array;
};

function gridOf(key: Uint8Array, places: number): Grid {
  let height = 1;
  while (height * height < places) height += 1;
  const width = Math.floor((places + height - 1) / height);
  return { places, height, width, start: Buffer.concat([text('antre.feistel.v1'), key]) };
}

function permuted({ places, height, width, start }: Grid, index: number): number {
  let place = index;
  do {
    let row = Math.floor(place / width);
    let column = place - row * width;
    for (let round = 0; round < rounds; round += 1) {
      if (round % 2 === 0) row = (row + roundNumber(start, round, column)) % height;
      else column = (column + roundNumber(start, round, row)) % width;
    }
    place = row * width + column;
  } while (place >= places);
  return place;
}

/** Six bytes of the hash as a number. Adding a digit to it before taking the remainder is exact. */
function roundNumber(start: Uint8Array, round: number, digit: number): number {
  return sha256(start, Buffer.of(round), fourBytes(digit)).readUIntBE(0, 6);
}
