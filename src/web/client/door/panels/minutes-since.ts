import { serverNow } from '../../shared/calls/server-clock.ts';

/** Whole minutes since a time that the server wrote. */
export function minutesSince(time: string): number {
  return Math.max(0, Math.floor((serverNow() - Date.parse(time)) / 60_000));
}
