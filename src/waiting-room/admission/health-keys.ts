/** Where API processes say how they fare; in the cache role, since nothing of it matters a few seconds later. */
export const healthKey = '{waiting-room}:health';
/** Places exchanged for passes since the scheduler last asked, by event. */
export const exchangedKey = '{waiting-room}:exchanged';

/** A process that has not reported for so long is not there. */
export const reportAgeMaxMs = 5000;

/** What a process reports. */
export type HealthReport = {
  /** Orders answered in the window, and their 95th percentile. */
  readonly placements: number;
  readonly placementP95Ms: number | null;
  /** Orders refused for want of capacity in the window. */
  readonly shed: number;
  readonly poolWaitMs: number;
};
