/** Every limit of the room, by name. */
export const sessionHours = 12;
/** Live sessions of one member. A further sign-in ends the oldest. */
export const sessionsPerStaffMax = 20;
export const invitationHours = 7 * 24;
/** Invitations of one member within this time. Beyond it no mail is sent. */
export const invitationsPerStaffMax = 3;
export const invitationsWithinSeconds = 3600;
export const passwordResetHours = 1;
/** Live reset links of one member: as many as `src/traffic-control/limits/policies.ts` allows within an hour. */
export const passwordResetsPerStaffMax = 13;
export const staffPerOrganizerMax = 500;
export const apiKeysPerOrganizerMax = 50;
export const devicesPerOrganizerMax = 500;
export const passwordLengthMin = 12;
export const passwordLengthMax = 200;
/** How long a sent code is valid. */
export const verificationMinutes = 10;
/**
 * A code with less time left is not sent. After a backlog of messages, codes would otherwise go out that nobody can use
 * any more, and those who wait for them would ask for others behind them.
 */
export const codeMinutesLeftMin = 2;
/** Wrong codes for one verification; the constraint of its table says the same. */
export const verificationTriesMax = 5;
export const buyerTokenHours = 24;
/** Ended verifications that one statement deletes. A million buyers may confirm an address before one sale. */
export const verificationsPurgedMax = 5000;
/** Requests and tries of codes that may wait in a process. Further ones are refused at once. */
export const verificationQueueMax = 2000;
export const verificationBatchMax = 200;
export const verificationWaitMs = 1500;
export const verificationAnswerMs = 2500;
/** Ended sessions and links are kept this long, for questions after the fact. */
export const endedRowsKeptDays = 30;
/** Rows of each kind that one statement deletes, and statements in one run: more than a day of sign-ins. */
export const purgeBatchMax = 1000;
export const purgeBatchesMax = 50;

/** Events that one member can be limited to. */
export const eventsPerMemberMax = 100;
