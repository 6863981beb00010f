/**
 * How many classes are refused, as a pure function of pressure over time. Pressure 1 is the allowed maximum. The level
 * rises at once and falls slowly: two bad samples refuse one class more, five good ones readmit one. Between good and
 * bad nothing changes; otherwise the level would swing with every class that it readmits.
 */
export type ShedState = { readonly level: number; readonly bad: number; readonly good: number };

export const calm: ShedState = { level: 0, bad: 0, good: 0 };

const badAbove = 0.9;
const goodBelow = 0.6;
const badSamplesToRise = 2;
const goodSamplesToFall = 5;

export function nextShedState(state: ShedState, pressure: number, levelMax: number): ShedState {
  if (pressure > badAbove) {
    const bad = state.bad + 1;
    return bad >= badSamplesToRise
      ? { level: Math.min(state.level + 1, levelMax), bad: 0, good: 0 }
      : { ...state, bad, good: 0 };
  }
  if (pressure >= goodBelow) return { ...state, bad: 0, good: 0 };
  const good = state.good + 1;
  return good >= goodSamplesToFall
    ? { level: Math.max(state.level - 1, 0), bad: 0, good: 0 }
    : { ...state, bad: 0, good };
}

/** What the event loop did since the last sample. */
export type LoopSample = { readonly utilization: number; readonly delayP99Ms: number };

/** Above this, the loop has work waiting at all times. */
const busyFrom = 0.9;
/** A request that waits this long for its turn is late before it starts. */
const delayMaxMs = 100;

/**
 * Pressure of the CPU; 1 is the allowed maximum. Both signals are needed. A loop that is always busy but quick to serve
 * is well used; one late turn in an idle process comes from the machine, not from load.
 */
export function loopPressure(sample: LoopSample): number {
  return sample.utilization >= busyFrom ? sample.delayP99Ms / delayMaxMs : 0;
}
