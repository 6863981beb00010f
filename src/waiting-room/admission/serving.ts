import type { Phase } from '../rooms/phase.ts';

/** What says how far the room has called. `servingAt` is in milliseconds of Postgres' clock. */
export type Serving = {
  readonly phase: Phase;
  readonly places: number;
  readonly serving: number;
  readonly servingAt: number | undefined;
  readonly rate: number;
};

/**
 * How far ahead of the row anybody reckons by its rate. The scheduler writes a new row no sooner than this after the last
 * one, and with all that the old rate has called by then: so no process is ever ahead of the row, and calling ends by
 * itself a second after the scheduler does.
 */
export const servingAheadMs = 1000;

/**
 * Positions below this have been called, at `now` in milliseconds of Postgres' clock. Never beyond the places given out:
 * who joins an empty room is called when the rate has come to them, and not at once.
 */
export function servingAt(room: Serving, now: number): number {
  if (room.phase !== 'open' || room.servingAt === undefined) return Math.min(room.serving, room.places);
  const aheadMs = Math.min(Math.max(now - room.servingAt, 0), servingAheadMs);
  return Math.min(room.serving + (room.rate * aheadMs) / 1000, room.places);
}
