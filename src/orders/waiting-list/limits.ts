/** How long the places of an offer are held, or until the sale ends if that is earlier, unless the event's own hold is longer. */
export const offerSeconds = 6 * 3600;
/** An address that is not confirmed in this time leaves the list. */
export const confirmWithinHours = 24;
/** People with a confirmed address on the list of one event. */
export const entriesPerEventMax = 20_000;
/** Entries of a pool that one round offers places to, and as many whose turn has failed before. */
export const offersPerRoundMax = 100;
/** Pools that one round serves. */
export const poolsPerRoundMax = 100;
