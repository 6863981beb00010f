/** A bounded way in to something scarce: at most `places` at once, a bounded queue before it, and a deadline in the queue. */
export type Gate = {
  enter(): Promise<() => void>;
  readonly inUse: number;
  readonly waiting: number;
};

export class GateFullError extends Error {
  readonly code = 'POOL_FULL';
}

type Waiter = { readonly admit: () => void; readonly timer: NodeJS.Timeout };

/**
 * @param places how many may be inside at once
 * @param options.waitingMax how many may wait; one more is refused at once
 * @param options.waitMs how long one may wait
 * @throws GateFullError from `enter`, with code POOL_FULL
 */
export function createGate(places: number, options: { waitingMax: number; waitMs: number }): Gate {
  let inUse = 0;
  const waiters: Waiter[] = [];

  const leaveOnce = () => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = waiters.shift();
      if (next === undefined) {
        inUse -= 1;
        return;
      }
      clearTimeout(next.timer);
      next.admit();
    };
  };

  return {
    enter: () => {
      if (inUse < places) {
        inUse += 1;
        return Promise.resolve(leaveOnce());
      }
      if (waiters.length >= options.waitingMax)
        return Promise.reject(new GateFullError('too many calls wait for a connection'));
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          admit: () => resolve(leaveOnce()),
          timer: setTimeout(() => {
            waiters.splice(waiters.indexOf(waiter), 1);
            reject(new GateFullError(`no connection became free within ${options.waitMs} ms`));
          }, options.waitMs),
        };
        waiters.push(waiter);
      });
    },
    get inUse() {
      return inUse;
    },
    get waiting() {
      return waiters.length;
    },
  };
}
