import { createLatencyWindow } from './latency-window.ts';
import { type Signals, limitChange } from './limit-change.ts';
import { createMedianFilter, createMovingAverage } from './moving-average.ts';
import { createPace } from './pace.ts';
import { createScaling } from './scaling.ts';

/** In slots, not in calls: see `itemsPerSlot` of the limiter. */
export type AdaptiveLimitOptions = {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** A window lasts at least this long, and until this many calls have ended in it. */
  readonly windowMs?: number;
  readonly samplesMin?: number;
  /**
   * While nine of ten calls take less time than this, lowering the limit helps nobody. Default 0: only throughput
   * counts.
   */
  readonly toleratedMs?: number;
};

/** A limit that adapts to the results of calls. It has no clock and no timer; the caller passes times. */
export type AdaptiveLimit = {
  /**
   * A call ended well.
   * @param inUse slots in use when it began
   */
  answered(latencyMs: number, inUse: number): void;
  /** A call ended because the dependency failed. */
  failed(inUse: number): void;
  /** Ends the window if it is old enough and has enough calls; returns whether it did. */
  endWindow(now: number, isFull: boolean): boolean;
  readonly slots: number;
  readonly baselineMs: number;
  readonly recentMs: number;
  /** Answers per second in the last window. */
  readonly perSecond: number;
};

const windowMsDefault = 500;
const samplesMinDefault = 30;
const windowMsMax = 30_000;
const percentile = 0.9;
const smoothedWindows = 5;
const baselineWindows = 10;
const warmupWindows = 10;
const failedShareMax = 0.1;
const slowFactor = 2;
const hasteMax = 4;
/**
 * A step is the decimal logarithm of the limit, and above about forty slots 4 % of it: less would vanish in the noise.
 */
const stepShare = 0.04;

export function createAdaptiveLimit(options: AdaptiveLimitOptions, startedAt: number): AdaptiveLimit {
  const { min, max, windowMs = windowMsDefault, samplesMin = samplesMinDefault, toleratedMs = 0 } = options;
  const latencies = createLatencyWindow();
  const filtered = createMedianFilter(smoothedWindows);
  const recent = createMovingAverage(smoothedWindows, warmupWindows);
  const baseline = createMovingAverage(baselineWindows, warmupWindows);
  const scaling = createScaling();
  const pace = createPace();
  let slots = options.initial;
  let failures = 0;
  let peak = 0;
  let since = startedAt;
  let windowEnds = startedAt + windowMs;
  let perSecond = 0;

  const queueOf = (lastMs: number): number => {
    if (latencies.count === 0) return 0;
    const recentMs = recent.add(filtered(lastMs));
    return Math.ceil(Math.min(slots, peak) * (1 - baseline.add(recentMs) / recentMs));
  };

  const read = (now: number, isFull: boolean): Signals => {
    perSecond = (latencies.count * 1000) / Math.max(now - since, 1);
    const lastMs = latencies.percentile(percentile);
    const queue = queueOf(lastMs);
    return {
      queue,
      unit: stepOf(slots),
      isFull,
      isUsed: peak * 2 > slots,
      isQuick: latencies.count > 0 && lastMs < toleratedMs,
      lateness: toleratedMs > 0 ? lastMs / (slowFactor * toleratedMs) : 0,
      isFailing: failures > failedShareMax * (failures + latencies.count),
      gain: latencies.count === 0 ? undefined : scaling(peak, perSecond),
    };
  };

  return {
    answered: (latencyMs, inUse) => {
      latencies.add(latencyMs);
      if (inUse > peak) peak = inUse;
    },
    failed: (inUse) => {
      failures += 1;
      if (inUse > peak) peak = inUse;
    },
    endWindow: (now, isFull) => {
      if (now < windowEnds || latencies.count + failures < samplesMin) return false;
      const signals = read(now, isFull);
      const steps = pace.next(limitChange(signals), slots >= max ? 'max' : slots <= min ? 'min' : undefined);
      slots = Math.min(Math.max(slots + steps * hasteOf(steps, signals) * signals.unit, min), max);
      // At least two of the quickest calls: a window must see the effect of its own limit.
      windowEnds = now + Math.min(Math.max(windowMs, 2 * latencies.minMs), windowMsMax);
      since = now;
      failures = 0;
      peak = 0;
      latencies.clear();
      return true;
    },
    get slots() {
      return slots;
    },
    get baselineMs() {
      return baseline.value;
    },
    get recentMs() {
      return recent.value;
    },
    get perSecond() {
      return perSecond;
    },
  };
}

/** The later answers arrive, the larger the step down. When callers wait for a second, no careful search is needed. */
function hasteOf(steps: number, { lateness }: Signals): number {
  return steps < 0 ? Math.min(Math.max(lateness, 1), hasteMax) : 1;
}

function stepOf(slots: number): number {
  return Math.max(1, Math.log10(slots), stepShare * slots);
}
