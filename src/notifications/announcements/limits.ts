/**
 * Announcements of one kind that an event may confirm within a day. Practical news on the day itself needs more than
 * one.
 */
export const confirmedPerDayMax = { practical: 6, news: 2 } as const;
/** Drafts of an event that wait for their confirmation. */
export const draftsMax = 20;
/** A preview older than this is made again, because the audience has changed meanwhile. */
export const previewMinutes = 30;
export const draftsKeptHours = 24;
/**
 * Orders are in an audience up to this long before the preview. A payment that committed later than its own time would
 * otherwise count in the preview and not in the sending, or the other way round.
 */
export const audienceLagSeconds = 5;

export const subjectMax = 120;
export const textMax = 3000;
/** Together with the other words of the message it stays within WhatsApp's limit. */
export const shortTextMax = 300;
export const categoriesMax = 50;

/** Used without a row in `message_settings`. */
export const settingsDefault = { reminderHours: 24, paymentReminderMinutes: 5, changeNotices: 'automatic' } as const;
export const reminderHoursMax = 168;
export const paymentReminderMinutesMax = 720;
