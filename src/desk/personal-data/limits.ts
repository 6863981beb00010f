/**
 * Orders in one document, newest first, and rows of each list in it. A document that leaves something out says so (`isComplete`).
 * A document of the largest size has a few megabytes.
 */
export const ordersOfPersonMax = 200;
export const rowsOfPersonMax = 200;
/** Time for reading everything; less than the statement timeout of the role, and than the edge waits. */
export const personalDataDeadlineMs = 10_000;
