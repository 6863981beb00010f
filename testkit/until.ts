import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 10;

/** Waits until `check` holds. Fails with the text of the check if it does not hold within `withinMs`. */
export async function until(check: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`Not within ${withinMs} ms: ${String(check)}`);
    await pause(pollMs);
  }
}
