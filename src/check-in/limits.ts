/** Every limit of the room, by name. */
export const scansPerSyncMax = 500;
export const syncBytesMax = 512 * 1024;
export const scanIdLengthMax = 100;
export const deviceIdLengthMax = 100;
/** A smaller difference of a device's clock is ignored: it is the time that the request took. */
export const clockSkewIgnoredMs = 5000;
/** 150 years: more than a clock that starts in 1970 is off by. */
export const clockOffsetMsMax = 150 * 366 * 86_400_000;
export const undoReasonLengthMax = 200;
export const guestQueryLengthMax = 100;
export const gateNameLengthMax = 60;
export const categoryNoteLengthMax = 120;
export const gatesPerEventMax = 200;
export const zonesPerEventMax = 50;
export const zoneCapacityMax = 1_000_000;
export const doorListPageDefault = 1000;
export const doorListPageMax = 2000;
/** A transaction that issues or revokes tickets commits within this time of its start; deltas overlap by it. */
export const doorListOverlapSeconds = 60;

export const scanBatchMax = 100;
export const scanQueueMax = 5000;
export const scanWaitMs = 2000;
/** A scan is answered after this long even if its write hangs, so that the door continues offline. Retrying finds its answer. */
export const scanAnswerMs = 2500;
