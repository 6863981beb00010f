/**
 * The parameters of the method. They are published (docs/features/draw.md). Another value would be another method, with another
 * label in every hash.
 */

/** A shorter list is shuffled. A longer one is permuted place by place. */
export const shuffledPlacesMax = 4096;

/**
 * Rounds of the Feistel permutation. The best known generic way to tell r rounds from chance (Patarin, "Generic Attacks on
 * Feistel Schemes", 2001) needs about s^(r-4) whole permutations, where s is the side of the square. At 4,096 places that
 * is 4,096 draws for six rounds and 7 x 10^10 for ten. NIST's FF1 also has ten (SP 800-38G).
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
