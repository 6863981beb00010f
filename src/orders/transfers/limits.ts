/** How often one ticket is given on, over all its holders. */
export const transfersPerTicketMax = 3;
/** Messages to one address are counted by the hour. */
export const transferRetrySeconds = 3600;
