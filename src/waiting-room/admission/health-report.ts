/**
 * Keys under which API processes report their health; in the cache role, since a report is worthless after a few
 * seconds.
 */
export const healthKey = '{waiting-room}:health';
/** Places exchanged for passes since the scheduler's last read, by event. */
export const exchangedKey = '{waiting-room}:exchanged';

/** A process without a report for this long counts as gone. */
export const reportAgeMaxMs = 5000;

/** What a process reports. */
export type HealthReport = {
  /** Orders answered in the window, and their 95th percentile. */
  readonly placements: number;
  readonly placementP95Ms: number | null;
  /** Orders refused for lack of capacity in the window. */
  readonly shed: number;
  readonly poolWaitMs: number;
};
