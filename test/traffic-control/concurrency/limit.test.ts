import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAdaptiveLimit } from '../../../src/traffic-control/concurrency/adaptive-limit.ts';
import { createLatencyWindow } from '../../../src/traffic-control/concurrency/latency-window.ts';
import { type Signals, limitChange } from '../../../src/traffic-control/concurrency/limit-change.ts';
import { createMedianFilter, createMovingAverage } from '../../../src/traffic-control/concurrency/moving-average.ts';
import { createPace } from '../../../src/traffic-control/concurrency/pace.ts';
import { createRetrySpread } from '../../../src/traffic-control/concurrency/retry-spread.ts';
import { createScaling } from '../../../src/traffic-control/concurrency/scaling.ts';

/** Guards promise 8, the parts that find the limit: each of them alone, without a clock. */

const calm: Signals = {
  queue: 0,
  unit: 1,
  isFull: true,
  isUsed: true,
  isFailing: false,
  isQuick: false,
  lateness: 0,
  gain: 1,
};

describe('the direction of the limit', () => {
  it.each<[string, Partial<Signals>, string]>([
    ['more in flight brings answers', { gain: 0.9 }, 'raise'],
    ['more in flight only waits, though the baseline sees no queue', { gain: 0, queue: 0 }, 'lower'],
    ['more in flight costs answers', { gain: -1 }, 'lower'],
    ['a long queue', { queue: 7 }, 'lower'],
    ['a queue between the thresholds', { queue: 4 }, 'hold'],
    ['nothing is known', { gain: undefined }, 'probe'],
    ['nothing is known and answers are late', { gain: undefined, lateness: 2, queue: 4 }, 'lower'],
    ['answers are late, and more in flight brings a little more', { lateness: 2, gain: 0.6 }, 'lower'],
    ['answers are late, and more in flight brings as much more', { lateness: 2, gain: 0.9 }, 'raise'],
    ['not full, used by more than half', { isFull: false }, 'raise'],
    ['not full and hardly used', { isFull: false, isUsed: false }, 'hold'],
    ['not full and slow', { isFull: false, isUsed: false, queue: 7 }, 'lower'],
    ['calls fail', { isFailing: true, isQuick: true }, 'lower'],
    ['answers come at once, whatever more brings', { isQuick: true, gain: 0 }, 'raise'],
    ['answers come at once and nobody needs more', { isQuick: true, isUsed: false }, 'hold'],
  ])('%s', (_name, signals, expected) => {
    expect(limitChange({ ...calm, ...signals })).toBe(expected);
  });
});

describe('scaling', () => {
  const slopeOf = (throughput: (inflight: number) => number, inflights: readonly number[]): number | undefined => {
    const scaling = createScaling();
    let slope: number | undefined;
    for (const inflight of inflights) slope = scaling(inflight, throughput(inflight));
    return slope;
  };
  const around = (middle: number) => Array.from({ length: 20 }, (_, index) => middle * (1 + 0.1 * Math.sin(index)));

  it('is 1 where throughput grows with calls, 0 where calls only wait', () => {
    expect(slopeOf((inflight) => inflight * 10, around(10))).toBeCloseTo(1, 5);
    expect(slopeOf(() => 200, around(40))).toBeCloseTo(0, 5);
  });

  it('is unknown for a limit that does not change', () => {
    expect(
      slopeOf(
        () => 200,
        Array.from({ length: 20 }, () => 20),
      ),
    ).toBeUndefined();
  });

  it('keeps its estimate when the dependency becomes five times slower or faster', () => {
    const scaling = createScaling();
    for (const inflight of around(10)) scaling(inflight, inflight * 10);
    for (const factor of [0.2, 5])
      for (const inflight of around(10).slice(0, 3))
        expect(scaling(inflight, inflight * 10 * factor)).toBeGreaterThan(0.8);
  });
});

describe('the pace', () => {
  it('halves with each change of direction, and grows only after a long run', () => {
    const pace = createPace();
    const steps = ['raise', 'lower', 'raise', 'lower', 'raise'] as const;
    expect(steps.map((change) => pace.next(change, undefined))).toEqual([1, -0.5, 0.25, -0.25, 0.25]);
    const far = Array.from({ length: 20 }, () => pace.next('raise', undefined));
    expect(far.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 0.25));
    expect(far.at(-1)).toBe(2);
    expect(pace.next('hold', undefined)).toBe(0);
  });

  it('continues in its direction and turns at the bounds', () => {
    const pace = createPace();
    expect(pace.next('probe', undefined)).toBeGreaterThan(0);
    expect(pace.next('probe', 'max')).toBeLessThan(0);
    expect(pace.next('probe', undefined)).toBeLessThan(0);
    expect(pace.next('probe', 'min')).toBeGreaterThan(0);
  });
});

describe('the limit', () => {
  const feed = (
    limit: ReturnType<typeof createAdaptiveLimit>,
    windows: number,
    call: { latencyMs: number; inUse: () => number; isFull: boolean; fails?: boolean },
  ): void => {
    for (let window = 0; window < windows; window += 1) {
      for (let sample = 0; sample < 40; sample += 1) {
        if (call.fails === true) limit.failed(call.inUse());
        else limit.answered(call.latencyMs, call.inUse());
      }
      now += 500;
      limit.endWindow(now, call.isFull);
    }
  };
  let now = 0;

  it('does not grow while it is unused, nor beyond twice its use', () => {
    const limit = createAdaptiveLimit({ initial: 10, min: 4, max: 1000 }, now);
    feed(limit, 100, { latencyMs: 10, inUse: () => 4, isFull: false });
    expect(limit.slots).toBe(10);
    feed(limit, 200, { latencyMs: 10, inUse: () => 20, isFull: false });
    expect(limit.slots).toBeGreaterThan(35);
    expect(limit.slots).toBeLessThan(44);
  });

  it('waits for enough samples', () => {
    const limit = createAdaptiveLimit({ initial: 10, min: 4, max: 40 }, 0);
    for (let sample = 0; sample < 29; sample += 1) limit.answered(10, 10);
    expect(limit.endWindow(10_000, true)).toBe(false);
    limit.answered(10, 10);
    expect(limit.endWindow(10_000, true)).toBe(true);
  });

  it('falls to its minimum while calls fail, and stays within its bounds', () => {
    const failing = createAdaptiveLimit({ initial: 20, min: 4, max: 80 }, now);
    feed(failing, 60, { latencyMs: 0, inUse: () => 20, isFull: true, fails: true });
    expect(failing.slots).toBe(4);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0.01, max: 5000, noNaN: true }), fc.integer({ min: 1, max: 500 }), fc.boolean()),
          {
            maxLength: 60,
          },
        ),
        (windows) => {
          const limit = createAdaptiveLimit({ initial: 8, min: 4, max: 32 }, now);
          for (const [latencyMs, inUse, isFull] of windows) {
            feed(limit, 1, { latencyMs, inUse: () => inUse, isFull });
            expect(limit.slots).toBeGreaterThanOrEqual(4);
            expect(limit.slots).toBeLessThanOrEqual(32);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the measures', () => {
  it('estimates a percentile to within 2 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 30_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (all) => {
          const window = createLatencyWindow();
          for (const one of all) window.add(one);
          const sorted = [...all].sort((one, other) => one - other);
          const exact = sorted[Math.ceil(all.length * 0.9) - 1] ?? 0;
          expect(Math.abs(window.percentile(0.9) / exact - 1)).toBeLessThan(0.03);
          expect(window.minMs).toBe(sorted[0]);
        },
      ),
    );
  });

  it('keeps all samples at first and then drops the oldest; a single outlier window does not change the median', () => {
    const average = createMovingAverage(3, 2);
    expect([1, 3, 6].map((value) => average.add(value))).toEqual([1, 2, 4]);
    const median = createMedianFilter(5);
    expect([1, 1, 1, 900, 1, 2, 2, 2].map(median).at(-1)).toBe(2);
    expect([900].map(createMedianFilter(5))).toEqual([900]);
  });

  it('spreads refused clients over the time that serving them takes, at most half a minute', () => {
    let draw = 0;
    const spread = createRetrySpread(() => draw, 0);
    for (let one = 0; one < 1000; one += 1) spread.refused();
    for (let one = 0; one < 100; one += 1) spread.served();
    expect(spread.retryAfterSeconds(1000)).toBe(1);
    draw = 0.999;
    expect(spread.retryAfterSeconds(1001)).toBe(11);
    for (let one = 0; one < 1000; one += 1) spread.refused();
    expect(spread.retryAfterSeconds(2500)).toBe(31);
    expect(spread.retryAfterSeconds(4000)).toBe(2);
  });
});
