/** Every limit of the room, by name. */
export const eventsPerOrganizerMax = 10_000;
/** From start to end. A check of the table enforces it too, and the listing relies on it. */
export const eventDaysMax = 366;
export const scheduleItemsPerEventMax = 500;
export const ticketCategoriesPerEventMax = 100;
/** Tickets of one order, whatever the organiser allows. Checks of the tables enforce this and the next one, too. */
export const ticketsOfOrderMax = 100;
/** Tickets of one buyer, whatever the organiser allows. */
export const ticketsOfBuyerMax = 10_000;
/** Of a ticket category among those of its event. */
export const positionMax = 10_000;
export const holdSecondsMin = 60;
export const holdSecondsMax = 86_400;
export const nameLengthMax = 200;
export const placeLengthMax = 120;
export const labelLengthMax = 80;
export const summaryLengthMax = 500;
export const descriptionLengthMax = 20_000;
/** Of a privacy notice or terms, in one language. */
export const legalTextLengthMax = 20_000;
export const searchLengthMax = 100;
/** Further words of a query are ignored. */
export const searchWordsMax = 8;
/** Of a stored word. Longer words are cut, and match by their beginning. */
export const termLengthMax = 64;
/** Words of one event that are stored; Postgres counts up to 16,383. */
export const searchPositionsMax = 16_000;
/** Of an uploaded picture. A phone's photo has 3 to 8 MB. */
export const pictureBytesMax = 12 * 1024 * 1024;
/** A decoded picture takes three bytes a pixel in the helper process. */
export const picturePixelsMax = 64_000_000;
/** Of the longer side, in pixels. */
export const pictureSideMax = 16_000;
export const pictureAltLengthMax = 300;
/** Pictures that an organizer uploads or cuts in a day. */
export const picturesPerDayMax = 300;
/** Hex digits of a picture's id: 128 bits of its hash. */
export const pictureHashLength = 32;
/** Hex digits of the version in a link card's address. It need not keep a secret, only tell versions apart. */
export const linkCardHashLength = 16;
/** Longer than any cache keeps a page that names a picture. */
export const unusedPictureHours = 24;
