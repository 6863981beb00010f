/**
 * The shortest time between the starts of two rounds that leave nothing due behind. Jobs that a round starts together
 * share their calls to Postgres all the way.
 */
export const roundEveryMs = 50;
/** From a signal to the round of a relay at rest. Jobs staged meanwhile are taken with it. */
const wokenAfterMs = 20;

/** Decides when the next round of a relay begins. */
export type RoundPace = {
  /** A round begins. Signals that come from now on are for the next one. */
  begin(): void;
  /** The round found work and took all of it. */
  tookAll(): void;
  /** Waits for the next round: this long, or less after a signal. */
  rest(milliseconds: number): Promise<void>;
  /** Waits this long, whatever is signalled. */
  wait(milliseconds: number): Promise<void>;
  /** Jobs may have been staged. */
  wake(): void;
  /** Ends the pause in progress, and every later one at once. */
  stop(): void;
};

export function createRoundPace(): RoundPace {
  let isStopped = false;
  let isWanted = false;
  let isWakeable = false;
  let startedAt = 0;
  let notBefore = 0;
  let endPause: (() => void) | undefined;

  const wokenInMs = (): number => Math.max(wokenAfterMs, notBefore - performance.now());
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isStopped) endPause();
    });

  return {
    begin: () => {
      isWanted = false;
      startedAt = performance.now();
      notBefore = 0;
    },
    tookAll: () => {
      notBefore = startedAt + roundEveryMs;
    },
    rest: (milliseconds) => {
      isWakeable = true;
      return pause(isWanted ? wokenInMs() : milliseconds);
    },
    wait: (milliseconds) => {
      isWakeable = false;
      return pause(milliseconds);
    },
    wake: () => {
      if (isWanted) return;
      isWanted = true;
      setTimeout(() => {
        if (isWakeable) endPause?.();
      }, wokenInMs()).unref();
    },
    stop: () => {
      isStopped = true;
      endPause?.();
    },
  };
}
