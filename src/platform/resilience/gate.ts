/** A bounded entrance to a scarce resource: at most `places` at once, a bounded queue, and a deadline in the queue. */
export type Gate = {
  /** @param units how much of the queue this caller takes while it waits; 1 unless calls differ in size */
  enter(units?: number): Promise<() => void>;
  readonly inUse: number;
  readonly waiting: number;
  /** Units that may still join the queue. */
  readonly room: number;
};

export class GateFullError extends Error {
  readonly code = 'POOL_FULL';
}

type Waiter = { readonly grant: () => void; readonly timer: NodeJS.Timeout; readonly units: number };

/**
 * @param places how many callers may be inside at once
 * @param options.waitingMax how many units may wait; more are refused at once
 * @param options.waitMs how long a caller may wait
 * @throws GateFullError from `enter`, with code POOL_FULL
 */
export function createGate(places: number, options: { waitingMax: number; waitMs: number }): Gate {
  let inUse = 0;
  let unitsWaiting = 0;
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
      unitsWaiting -= next.units;
      next.grant();
    };
  };

  return {
    enter: (units = 1) => {
      if (inUse < places) {
        inUse += 1;
        return Promise.resolve(leaveOnce());
      }
      if (unitsWaiting + units > options.waitingMax)
        return Promise.reject(new GateFullError('too many calls wait for a place'));
      unitsWaiting += units;
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          units,
          grant: () => resolve(leaveOnce()),
          timer: setTimeout(() => {
            waiters.splice(waiters.indexOf(waiter), 1);
            unitsWaiting -= units;
            reject(new GateFullError(`no place became free within ${options.waitMs} ms`));
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
    get room() {
      return inUse < places ? options.waitingMax : options.waitingMax - unitsWaiting;
    },
  };
}
