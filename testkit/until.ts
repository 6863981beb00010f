import { setTimeout as pause } from 'node:timers/promises';

const pollMs = { min: 10, max: 50 };
/** A check may ask the whole service. A long wait looks less often, and ends by this share later. */
const lateShare = 0.05;

/**
 * How long requests of services under test wait for newer bytes before they are sent the last good ones, and for the lane of their order. A
 * busy machine is often later than production allows, and a test that has changed something reads what it has changed.
 */
export const patientMs = 20_000;

/** Waits until `check` holds. Fails with the text of the check if it does not hold within `withinMs`. */
export async function until(check: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const began = performance.now();
  while (!(await check())) {
    const waitedMs = performance.now() - began;
    if (waitedMs > withinMs) throw new Error(`Not within ${withinMs} ms: ${String(check)}`);
    await pause(Math.min(pollMs.max, Math.max(pollMs.min, waitedMs * lateShare)));
  }
}
