/**
 * The numbers of the method. They are part of what was published (docs/draw.md): another value is another method, with
 * another label in every hash.
 */

/** Below this many places a list is shuffled; from here on a permutation is computed place by place. */
export const shuffledPlacesMax = 4096;

/**
 * Rounds of the Feistel permutation. The best generic way known to tell r rounds from chance (Patarin, "Generic Attacks on
 * Feistel Schemes", 2001) needs some s^(r-4) whole permutations, s being the side of the square: at 4,096 places that is
 * 4,096 draws for six rounds and 7 x 10^10 for ten, as many as NIST's FF1 has (SP 800-38G).
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
