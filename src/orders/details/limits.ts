/** More tickets than any order has. */
export const ticketsNamedAtOnceMax = 200;
/** Larger orders send their answers in parts. */
export const answersAtOnceMax = 1000;
/** How often one ticket may be renamed. */
export const namesPerTicketMax = 10;
