import { LRUCache } from 'lru-cache';
import { feistelIndex, feistelPosition } from './feistel.ts';
import { shuffledPlacesMax } from './method.ts';
import { shuffledPositions } from './shuffle.ts';

/** The facts that decide every position of a drawn room. */
export type DrawnRoom = {
  /** Places that existed at the freeze. */
  readonly frozenPlaces: number;
  /** 32 bytes. */
  readonly drawKey: Uint8Array;
};

type Shuffled = { readonly positions: Uint16Array; readonly indexes: Uint16Array };

/** Small rooms are shuffled as a whole; recently used ones are kept. At most 16 KB each. */
const shuffledKept = 64;
const shuffles = new LRUCache<string, Shuffled>({ max: shuffledKept });

/**
 * The position of a place, counted from 0: drawn for places that existed at the freeze, the index itself for later
 * ones. Pure; a few microseconds.
 */
export function positionOf(draw: DrawnRoom, index: number): number {
  if (index >= draw.frozenPlaces) return index;
  if (draw.frozenPlaces < shuffledPlacesMax) return shuffledOf(draw).positions[index] ?? index;
  return feistelPosition(draw.drawKey, draw.frozenPlaces, index);
}

/** The index of the place at `position`: the inverse of `positionOf`. */
export function indexAt(draw: DrawnRoom, position: number): number {
  if (position >= draw.frozenPlaces) return position;
  if (draw.frozenPlaces < shuffledPlacesMax) return shuffledOf(draw).indexes[position] ?? position;
  return feistelIndex(draw.drawKey, draw.frozenPlaces, position);
}

function shuffledOf({ drawKey, frozenPlaces }: DrawnRoom): Shuffled {
  const name = `${frozenPlaces}:${Buffer.from(drawKey.buffer, drawKey.byteOffset, drawKey.byteLength).toString('latin1')}`;
  const known = shuffles.get(name);
  if (known !== undefined) return known;
  const positions = shuffledPositions(drawKey, frozenPlaces);
  const indexes = new Uint16Array(frozenPlaces);
  positions.forEach((position, index) => {
    indexes[position] = index;
  });
  const made = { positions, indexes };
  shuffles.set(name, made);
  return made;
}
