/** Every limit of the room, by name. */
export const scansPerSyncMax = 500;
export const syncBytesMax = 512 * 1024;
/** Far longer than any code or link to one; what is longer is `invalid` without being read. */
export const codeLengthMax = 1000;
export const scanIdLengthMax = 100;
export const deviceIdLengthMax = 100;
/** A device's clock that seems off by less is right: the difference is the time its request took. */
export const clockSkewIgnoredMs = 5000;
/** 150 years: a clock that starts in 1970 is off by less. */
export const clockOffsetMsMax = 150 * 366 * 86_400_000;
export const gateNameLengthMax = 60;
export const gatesPerEventMax = 200;
export const doorListPageDefault = 1000;
export const doorListPageMax = 2000;
/** A transaction that issues or revokes tickets commits within this time of its start; deltas overlap by it. */
export const doorListOverlapSeconds = 60;

export const scanBatchMax = 100;
export const scanQueueMax = 5000;
export const scanWaitMs = 2000;
/** A scan whose writing hangs is answered by then, so that the door goes on offline; sent again, it finds its answer. */
export const scanAnswerMs = 2500;
