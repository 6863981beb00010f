/** Every limit of the room, by name. */
export const eventsPerOrganizerMax = 10_000;
/** From start to end; also a check of the table, on which the listing relies. */
export const eventDaysMax = 366;
export const scheduleItemsPerEventMax = 500;
export const ticketCategoriesPerEventMax = 100;
export const nameLengthMax = 200;
export const placeLengthMax = 120;
export const labelLengthMax = 80;
export const summaryLengthMax = 500;
export const descriptionLengthMax = 20_000;
export const searchLengthMax = 100;
/** More words in a question are left out. */
export const searchWordsMax = 8;
/** Of a stored word; its beginning is what is found. */
export const termLengthMax = 64;
/** Words of one event that are stored; Postgres counts up to 16,383. */
export const searchPositionsMax = 16_000;
