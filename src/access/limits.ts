/** Every limit of the room, by name. */
export const sessionHours = 12;
/** Live sessions of one member; signing in once more ends the oldest. */
export const sessionsPerStaffMax = 20;
export const invitationHours = 7 * 24;
/** Invitations of one member within an hour; a further one would be a mail that is not sent. */
export const invitationsPerStaffMax = 3;
export const passwordResetHours = 1;
/** Reset links of one member that live at once: as many as `src/traffic-control/limits/policies.ts` lets through within an hour. */
export const passwordResetsPerStaffMax = 13;
export const staffPerOrganizerMax = 500;
export const apiKeysPerOrganizerMax = 50;
export const devicesPerOrganizerMax = 500;
export const passwordLengthMin = 12;
export const passwordLengthMax = 200;
/** How long a sent code is valid. */
export const verificationMinutes = 10;
/** Wrong codes for one verification; the constraint of its table says the same. */
export const verificationTriesMax = 5;
export const buyerTokenHours = 24;
/** Ended verifications that one statement removes. Before one sale a million buyers may confirm an address. */
export const verificationsPurgedMax = 5000;
/** Requests and tries of codes that may wait in a process; more are refused at once. */
export const verificationQueueMax = 2000;
export const verificationBatchMax = 200;
export const verificationWaitMs = 1500;
export const verificationAnswerMs = 2500;
/** Ended sessions and links are kept this long, for later questions. */
export const endedRowsKeptDays = 30;
/** Rows of each kind that one statement removes, and statements in one run: more than a day of sign-ins brings. */
export const purgeBatchMax = 1000;
export const purgeBatchesMax = 50;
