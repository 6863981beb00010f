import type { Scheduler } from './scheduler.ts';

/** A queue of outgoing calls with at most `concurrency` in flight and, if set, at most `perSecond` started. */
export type Lane = Readonly<{
  /** Enqueues a task; returns false if `waitingMax` is reached. */
  run: (task: () => Promise<void>) => boolean;
  set: (limits: Readonly<{ concurrency?: number; perSecond?: number }>) => void;
  waiting: () => number;
}>;

const waitingMax = 1_000_000;
const compactAfter = 10_000;

export function createLane(
  scheduler: Scheduler,
  now: () => number,
  limits: { concurrency: number; perSecond: number },
): Lane {
  const current = { ...limits };
  let queue: (() => Promise<void>)[] = [];
  let head = 0;
  let active = 0;
  let nextStartAt = 0;
  let sleeping = false;

  const finished = (): void => {
    active -= 1;
    pump();
  };

  const pump = (): void => {
    while (active < current.concurrency && head < queue.length) {
      const waitMs = nextStartAt - now();
      if (waitMs > 1) {
        sleep(waitMs);
        return;
      }
      const task = queue[head];
      head += 1;
      if (head > compactAfter) {
        queue = queue.slice(head);
        head = 0;
      }
      if (task === undefined) continue;
      active += 1;
      if (Number.isFinite(current.perSecond))
        nextStartAt = Math.max(nextStartAt, now() - 100) + 1000 / current.perSecond;
      task().then(finished, finished);
    }
  };

  const sleep = (waitMs: number): void => {
    if (sleeping) return;
    sleeping = true;
    scheduler.later(waitMs, () => {
      sleeping = false;
      pump();
    });
  };

  return {
    run: (task) => {
      if (queue.length - head >= waitingMax) return false;
      queue.push(task);
      pump();
      return true;
    },
    set: (changed) => {
      Object.assign(current, changed);
      pump();
    },
    waiting: () => queue.length - head,
  };
}
