/** Every limit of the room, by name. */
export const scansPerSyncMax = 500;
export const syncBytesMax = 512 * 1024;
/** Far longer than any code; what is longer is not a scan but an attack. */
export const codeLengthMax = 1000;
export const scanIdLengthMax = 100;
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
