import type { Phase } from '../rooms/phase.ts';

/** How far the room has called. `servingAt` is in milliseconds of Postgres' clock. */
export type Serving = {
  readonly phase: Phase;
  readonly places: number;
  readonly serving: number;
  readonly servingAt: number | undefined;
  readonly rate: number;
};

/**
 * How far beyond the row a process may extrapolate by its rate. The scheduler writes the next row no sooner than this,
 * and includes all that the old rate has called by then. No process is therefore ever ahead of the row, and calling
 * stops one second after the scheduler does.
 */
const servingAheadMs = 1000;

/**
 * Positions below this have been called, at `now` in milliseconds of Postgres' clock. Never beyond the existing places:
 * a buyer who joins an empty room is called when the rate reaches the place, not at once.
 */
export function servingAt(room: Serving, now: number): number {
  if (room.phase !== 'open' || room.servingAt === undefined) return Math.min(room.serving, room.places);
  const aheadMs = Math.min(Math.max(now - room.servingAt, 0), servingAheadMs);
  return Math.min(room.serving + (room.rate * aheadMs) / 1000, room.places);
}
