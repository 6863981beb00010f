/** Every limit of the room, by name. */

/** Raw callbacks may be as large as this; real ones have 1 to 3 kB. */
export const callbackBytesMax = 256 * 1024;
/** Attempts of one order: replacing the method again and again ends here. */
export const attemptsPerOrderMax = 10;
/** An attempt that nobody took up within this time is looked at by the reconciler. */
export const createGraceSeconds = 60;
/** Longer than any call and its read-back take: after it the worker that had the attempt is gone. */
export const attemptLeaseSeconds = 40;
/** The first look at an attempt that can be paid, when no callback has come. */
export const checkPendingSeconds = 120;
/** Between two tries to make an attempt whose outcome at the gateway is not known: up to this, doubling, and no more than that. */
export const unknownPauseSeconds = 5;
export const unknownPauseMaxSeconds = 60;
/** How long the hold of an order stays while its attempt cannot be closed for certain. */
export const closingMinutesMax = 10;
export const closingPauseSeconds = 15;
/** The gateway stops taking money this long before the hold ends. */
export const expiryLeadMinutes = 2;
/** A payment page whose time is over by so many seconds is over for certain. */
export const pageOverGraceSeconds = 60;
/** What one run of the reconciler takes up, of each kind. */
export const reconcileBatch = 500;
/** The gateway's own retries end after 5.7 hours; until then it is asked. */
export const checkHoursAfterExpiry = 6;
/** The first look at an attempt that is closed, and the last one after it. */
export const closedCheckSeconds = 3600;
export const lastCheckSeconds = 5 * 3600;
/** After a try to close again what was given up here, which the gateway did not confirm. */
export const closeAgainSeconds = 600;
/**
 * A look at the gateway that was not answered is repeated after a pause that doubles up to an hour. It does not count as a
 * look. After so many in a row a person is told, and after so many more nobody asks until that task is resolved.
 */
export const lookPauseSeconds = 30;
export const lookPauseMaxSeconds = 3600;
export const failedLooksBeforeTask = 24;
export const failedLooksMax = 500;
export const refundTriesMax = 24;
export const refundPauseSeconds = 30;
export const refundPauseMaxSeconds = 600;
/** The gateway's balance may be filled up in the meantime. */
export const refundBalancePauseSeconds = 3600;
/** First attempts that are read or written by one call, that wait for one, how long, and the calls in flight at once. */
export const attemptBatchMax = 100;
export const attemptQueueMax = 5_000;
export const attemptDeadlineMs = 10_000;
export const attemptFlushesMax = 2;
/** A busy lane of the worker's group commits collects for so long: fewer and larger calls. */
export const workerFlushEveryMs = 20;
/**
 * Callbacks that are applied by one call, that wait for one, and how long. The calls in flight at once leave most of the worker's
 * connections to other work.
 */
export const settlementBatchMax = 100;
export const settlementQueueMax = 5_000;
export const settlementDeadlineMs = 10_000;
export const settlementFlushesMax = 3;
export const callbackPayloadDays = 14;
/** Keys of callbacks are kept longer than any gateway tries again. */
export const callbackKeyDays = 60;
export const callbacksPerDelete = 5000;
export const callbackDeletesMax = 200;
/** Callbacks written by one flush, and waiting for one. */
export const callbackBatchMax = 200;
export const callbackQueueMax = 5_000;
export const callbackDeadlineMs = 1_500;
export const callbackFlushesMax = 2;
/** A gateway is told to come again when its callback is not on disk by then; it may still get there. */
export const callbackAnswerMs = 1_700;
export const accountCacheSeconds = 60;
export const accountCacheMax = 10_000;
/** After a change of the key, callbacks signed with the one before it are still taken for a day. */
export const previousKeyHours = 24;
