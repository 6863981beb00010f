/**
 * Keys under which API processes report their health; in the cache role, since a report is worthless after a few
 * seconds.
 */
export const healthKey = '{waiting-room}:health';
/** Places exchanged for passes since the scheduler's last read, by event. */
export const exchangedKey = '{waiting-room}:exchanged';

/** A process without a report for this long counts as gone. */
export const reportAgeMaxMs = 5000;

/** What a process reports of its last seconds. */
export type HealthReport = {
  /** By event. The buyers of one event must not slow the room of another. */
  readonly events: Readonly<Record<string, EventReport>>;
  /** Orders of any event that traffic control refused. */
  readonly shed: number;
  readonly poolWaitMs: number;
};

export type EventReport = {
  /** Orders answered, and their 95th percentile. */
  readonly placements: number;
  readonly placementP95Ms: number | null;
  /** Orders refused for lack of capacity, besides those that traffic control refused. */
  readonly refused: number;
};
