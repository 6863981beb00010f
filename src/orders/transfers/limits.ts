/** How often one ticket is given on, over all its holders. */
export const transfersPerTicketMax = 3;
export const holderNameLengthMax = 100;
