/** How long the places of an offer are held for the person they were offered to, if the event's own hold is not longer. */
export const offerSeconds = 6 * 3600;
/** An address that is not confirmed by then leaves the list. */
export const confirmWithinHours = 24;
/** People with a confirmed address that one event has on its list. */
export const entriesPerEventMax = 20_000;
/** Entries that one pass offers places to, and the pools that it looks at. */
export const offersPerPassMax = 100;
export const poolsPerPassMax = 100;
