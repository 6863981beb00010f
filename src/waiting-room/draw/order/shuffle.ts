import { sha256 } from '../../../platform/crypto.ts';
import { u32 } from '../tree/encode.ts';

const label = Buffer.from('antre.shuffle.v1');
const wordsMax = 2 ** 32;

/**
 * The positions of all indexes 0 .. places-1, shuffled by the key. Source: the Fisher-Yates shuffle in Durstenfeld's form
 * (CACM 7, 1964, algorithm 235), from the last place to the first. The random words come from SHA-256(label, key, counter),
 * eight 32-bit words per hash. A word that would favour small remainders is discarded, so every order is equally likely.
 */
export function shuffledPositions(key: Uint8Array, places: number): Uint16Array {
  const draw = wordsFrom(key);
  const positions = Uint16Array.from({ length: places }, (_, index) => index);
  for (let last = places - 1; last > 0; last -= 1) {
    const other = below(last + 1, draw);
    const kept = positions[last] ?? 0;
    positions[last] = positions[other] ?? 0;
    positions[other] = kept;
  }
  return positions;
}

function below(range: number, draw: () => number): number {
  const fair = wordsMax - (wordsMax % range);
  let word = draw();
  while (word >= fair) word = draw();
  return word % range;
}

function wordsFrom(key: Uint8Array): () => number {
  let counter = 0;
  let at = 0;
  let block: Buffer = Buffer.alloc(0);
  return () => {
    if (at === block.length) {
      block = sha256(Buffer.concat([label, key, u32(counter)]));
      counter += 1;
      at = 0;
    }
    at += 4;
    return block.readUInt32BE(at - 4);
  };
}
