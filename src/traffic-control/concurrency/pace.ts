import type { LimitChange } from './limit-change.ts';

/**
 * How far a limit moves in one window, in steps. Each change of direction halves the step, so that the limit settles. A
 * long run in one direction increases it: the limit is then far from its target, or must move far to learn anything. (The
 * rule of resilient back-propagation, Riedmiller and Braun 1993.)
 */
export type Pace = {
  /** Steps to move; negative to lower. */
  next(change: LimitChange, at: 'min' | 'max' | undefined): number;
};

const paceMin = 0.25;
const paceMax = 2;
const probePaceMin = 0.5;
const slower = 0.5;
const faster = 1.5;
const sameWayBeforeFaster = 10;

export function createPace(): Pace {
  let pace = 1;
  let way = 0;
  let sameWay = 0;

  const turn = (wanted: 1 | -1): void => {
    if (wanted === way) {
      sameWay += 1;
      if (sameWay > sameWayBeforeFaster) pace = Math.min(pace * faster, paceMax);
      return;
    }
    if (way !== 0) pace = Math.max(pace * slower, paceMin);
    sameWay = 0;
    way = wanted;
  };

  return {
    next: (change, at) => {
      if (change === 'hold') return 0;
      if (change === 'probe') {
        if (at === 'max') way = -1;
        else if (at === 'min' || way === 0) way = 1;
        sameWay = 0;
        pace = Math.min(Math.max(pace * faster, probePaceMin), paceMax);
      } else turn(change === 'raise' ? 1 : -1);
      return way * pace;
    },
  };
}
