export const holderNameLengthMax = 100;
/** More than any order has. */
export const ticketsNamedAtOnceMax = 200;
/** How often one ticket gets another name. */
export const namesPerTicketMax = 10;
