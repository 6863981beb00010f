/** Every limit of the room, by name. */

/**
 * Largest raw callback; real ones have 1 to 3 kB. A body must be parsed before its signature can be checked, which takes 10 ms for the
 * longest of many fields, and callbacks are never shed.
 */
export const callbackBytesMax = 64 * 1024;
/** Attempts of one order. Beyond it, the method cannot be replaced any more. */
export const attemptsPerOrderMax = 10;
/** An attempt that no worker took within this time is handled by the reconciler. */
export const createGraceSeconds = 60;
/** Longer than any call and its read-back. After it, the worker that had the attempt is gone. */
export const attemptLeaseSeconds = 40;
/** The first look at a payable attempt if no callback has come. */
export const checkPendingSeconds = 120;
/** Between two tries to make an attempt whose outcome at the gateway is unknown. The pause doubles up to the longest. */
export const unknownPauseSeconds = 5;
export const unknownPauseMaxSeconds = 60;
/** How long the hold of an order stays while its attempt cannot be closed with certainty. */
export const closingMinutesMax = 10;
/** Between two tries to close it. */
export const closingPauseSeconds = 15;
/** The gateway stops taking money this long before the hold ends. */
export const expiryLeadMinutes = 2;
/** Seconds after which an expired payment page is certainly over. */
export const pageOverGraceSeconds = 60;
/** Rows of each kind that one run of the reconciler handles. */
export const reconcileBatch = 500;
/** Looks that are staged and wait to be taken. The others wait in their table, where they cost nothing. */
export const looksWaitingMax = 1000;
/** The gateway's own retries end after 5.7 hours; until then it is asked. */
export const checkHoursAfterExpiry = 6;
/** The first look at a closed attempt, and the last one after it. */
export const closedCheckSeconds = 3600;
export const lastCheckSeconds = 5 * 3600;
/** After an unconfirmed try to close an attempt that was given up here. */
export const closeAgainSeconds = 600;
/**
 * A look that the gateway did not answer is repeated after a pause that doubles up to an hour. It does not count as a
 * look. After so many in a row a person is told. After so many more, nobody asks until that task is resolved.
 */
export const lookPauseSeconds = 30;
export const lookPauseMaxSeconds = 3600;
export const failedLooksBeforeTask = 24;
export const failedLooksMax = 500;
/** The reconciler looks at a refund that no job has taken up within this time. */
export const refundTakeUpSeconds = 600;
/** The gateway confirms most refunds within days. Until then it is asked once a day. */
export const refundConfirmationSeconds = 24 * 3600;
export const refundTriesMax = 24;
export const refundPauseSeconds = 30;
export const refundPauseMaxSeconds = 600;
/** The gateway's balance may be refilled in the meantime. */
export const refundBalancePauseSeconds = 3600;
/** How long a busy lane of the worker's group commits collects, and how many end it sooner: fewer and larger calls. */
export const workerFlushEveryMs = 50;
export const workerFlushEnough = 15;
/**
 * The group commits of first attempts and of looks: attempts in one call, attempts that wait for a call, how long they wait, and calls
 * in flight at once.
 */
export const attemptGroupLimits = {
  batchMax: 100,
  queueMax: 5_000,
  deadlineMs: 10_000,
  flushesMax: 2,
  everyMs: workerFlushEveryMs,
  enough: workerFlushEnough,
} as const;
/**
 * Callbacks that one call applies, that wait for a call, and how long. The calls in flight at once leave most of the
 * worker's connections to other work.
 */
export const settlementBatchMax = 100;
export const settlementQueueMax = 5_000;
export const settlementDeadlineMs = 10_000;
export const settlementFlushesMax = 3;
/** Tasks that one request resolves: a page of the desk. */
export const tasksPerRequestMax = 50;
export const callbackPayloadDays = 14;
/** Keys of callbacks are kept longer than any gateway retries. */
export const callbackKeyDays = 60;
export const callbacksPerDelete = 5000;
export const callbackDeletesMax = 200;
/** Callbacks written by one flush, and waiting for one. */
export const callbackBatchMax = 200;
export const callbackQueueMax = 5_000;
/** How long a busy lane of callbacks collects. A gateway waits for seconds. */
export const callbackEveryMs = 25;
export const callbackDeadlineMs = 1_500;
export const callbackFlushesMax = 2;
/** The gateway is told to retry if its callback is not on disk by then. It may still be stored. */
export const callbackAnswerMs = 1_700;
export const accountCacheSeconds = 60;
export const accountCacheMax = 10_000;
/** After each change of the key, callbacks signed with the previous one are accepted for a day. The oldest of too many keys goes first. */
export const previousKeyHours = 24;
export const previousKeysMax = 5;
