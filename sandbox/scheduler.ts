/** Timers that end with the sandbox. */
export type Scheduler = Readonly<{
  /** Runs the act after `delayMs`; a delay of zero or less runs it on the next turn of the loop. */
  later: (delayMs: number, act: () => void) => void;
  /** Resolves after `delayMs`, or never once the scheduler is closed. */
  wait: (delayMs: number) => Promise<void>;
  close: () => void;
}>;

/** Node clamps longer timers to 1 ms, which would turn "never" into "at once". */
const delayMsMax = 2_147_483_647;

export function createScheduler(): Scheduler {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  const later = (delayMs: number, act: () => void): void => {
    if (closed) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        act();
      },
      Math.min(Math.max(0, delayMs), delayMsMax),
    );
    timers.add(timer);
  };
  return {
    later,
    wait: (delayMs) => new Promise((resolve) => later(delayMs, resolve)),
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
