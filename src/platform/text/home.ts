/** The zone of times that belong to no event, such as those of the desk. */
export const homeTimeZone = 'Asia/Jakarta';
/** The country of phone numbers that belong to no event and name none. */
export const homeCountry = 'ID';
