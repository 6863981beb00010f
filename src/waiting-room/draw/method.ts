/**
 * The numbers of the method. They are part of what was published (docs/draw.md): another value is another method, with
 * another label in every hash.
 */

/** Below this many places a list is shuffled; from here on a permutation is computed place by place. */
export const shuffledPlacesMax = 4096;

/**
 * Rounds of the Feistel permutation. Six make one that nobody can tell from a random one while they see far fewer than
 * the square root of the places; here everybody sees all of them, so we take the ten of NIST's FF1 (SP 800-38G), whose
 * smallest domain is of the same kind. What is left of a pattern is below one part in a million at 4,096 places.
 */
export const feistelRounds = 10;

/** Leaves in a row of `draw_leaves`: a power of two, so that the row's root is a node of the whole tree. */
export const leavesPerChunk = 1024;

export const hashBytes = 32;
export const saltBytes = 16;
/** An index is hashed as 32 bits, and Postgres' integer is signed. */
export const placesMax = 2_147_483_647;

export function chunksOf(places: number): number {
  return Math.ceil(places / leavesPerChunk);
}
