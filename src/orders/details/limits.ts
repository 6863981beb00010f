export const holderNameLengthMax = 100;
/** More than any order has. */
export const ticketsNamedAtOnceMax = 200;
/** Larger orders send their answers in parts. */
export const answersAtOnceMax = 1000;
/** How often one ticket gets another name. */
export const namesPerTicketMax = 10;
