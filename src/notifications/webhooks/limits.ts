/** The limits of webhooks; `docs/features/webhooks.md` states them for organisers. */

export const endpointsPerOrganizerMax = 10;
export const urlLengthMax = 500;
export const descriptionLengthMax = 200;
/** A webhook and its deliveries are kept for this long, and can be replayed. */
export const logDays = 30;
/** Webhooks that one call replays at most. */
export const replayMax = 10_000;
/** Replays of an endpoint that include delivered webhooks. Without a bound an organizer could have a stranger's address called all day. */
export const replaysOfAllPerHourMax = 20;
export const testsPerMinuteMax = 10;

/** After a rotation, the previous secret signs as well for this long. */
export const secretOverlapHours = 24;

/** Waits before the second and each later try. Ten tries, the last one 75.6 hours after the first. */
export const retrySeconds = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
/**
 * Each wait is longer by a random part of up to this share, so that tries that failed together do not return together.
 */
export const retryJitter = 0.1;
/** The longest `Retry-After` that is honoured. */
export const retryAfterSecondsMax = 24 * 3600;

/** From connecting to the head of the answer. */
export const callTimeoutMs = 15_000;
/** A body is discarded; beyond this the connection is closed. */
export const answerBytesMax = 64 * 1024;
export const answerBodyMs = 2000;

/** Failures in a row that open an endpoint's circuit; then one delivery at a time probes it. */
export const circuitFailuresMax = 5;
/** The circuit stays open for this long at first, and twice as long after each failed probe. */
export const circuitPauseSeconds = 30;
export const circuitPauseSecondsMax = 3600;
/** An endpoint that accepts nothing for this long is disabled. */
export const failingHoursMax = 72;

/** Calls to one endpoint at once, over all workers. */
export const callsAtOnceMax = 10;
/** A turn ends after this long, and other endpoints come first. */
export const turnMs = 20_000;
/** Endpoints that begin a turn in one round. */
export const turnsPerRoundMax = 200;
/** An unfinished turn counts as lost after this time. It includes a wait in the queue. */
export const turnLeaseSeconds = 900;
/** A try without a result is repeated after this long, because its process is gone. */
export const tryLeaseSeconds = 120;
