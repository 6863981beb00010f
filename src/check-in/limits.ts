/** Every limit of the room, by name. */
export const scansPerSyncMax = 500;
export const syncBytesMax = 512 * 1024;
export const scanIdLengthMax = 100;
export const deviceIdLengthMax = 100;
/** Clock offsets below this are ignored: they are network latency. */
export const clockSkewIgnoredMs = 5000;
/** 150 years, because a device whose clock was reset starts in 1970. */
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
/** Transactions that issue or revoke tickets commit within this time. Deltas of the door list overlap by it. */
export const doorListOverlapSeconds = 60;

export const scanBatchMax = 100;
export const scanQueueMax = 5000;
/** How long a busy event collects scans, and how many end it sooner. */
export const scanEveryMs = 20;
export const scanEnough = 10;
export const scanWaitMs = 2000;
/** A scan is answered after this long even if its write hangs, so that the door goes offline. A retry finds the answer. */
export const scanAnswerMs = 2500;
