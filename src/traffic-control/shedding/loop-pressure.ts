/** What the event loop did since the last sample. */
export type LoopSample = { readonly utilization: number; readonly delayP99Ms: number };

/** Beyond this, the loop has work waiting at all times. */
const busyFrom = 0.9;
/** A request that waits so long for its turn is late before it starts. */
const delayMaxMs = 100;

/**
 * Pressure of the CPU; 1 is as much as there may be. Both signals are needed: a loop that is always busy but takes
 * every request in turn quickly is well used, and one late turn in an idle process is the machine's doing, not load.
 */
export function loopPressure(sample: LoopSample): number {
  return sample.utilization >= busyFrom ? sample.delayP99Ms / delayMaxMs : 0;
}
