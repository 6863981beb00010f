import { describe, expect, it } from 'vitest';
import { ours } from '../../../loadtest/simulation/admission.ts';
import { createLane } from '../../../loadtest/simulation/dependency.ts';
import {
  type Interval,
  type RuleName,
  capacityPerSecond,
  mean,
  mixedLoad,
  serverSlots,
  rules,
  runScenario,
  simulateDrift,
  simulateRecovery,
} from '../../../loadtest/simulation/scenarios.ts';

/**
 * Guards promise 8 over hours of virtual time: overload degrades it gradually, it does not drift, and it recovers by
 * itself.
 */

const goodputOf = (intervals: readonly Interval[]) =>
  mean(intervals.map((one) => one.servedPerSecond)) / capacityPerSecond;
const run = (factor: number, rule: RuleName = 'ours') =>
  runScenario({ seed: 7, seconds: 180, everySeconds: 5, streams: mixedLoad(factor), admission: rules[rule] }).slice(6);

describe('goodput', () => {
  it('stays within a tenth of its best from half to ten times the capacity', () => {
    const curve = [0.5, 0.8, 1, 1.5, 2, 3, 5, 10].map((factor) => ({ factor, goodput: goodputOf(run(factor)) }));
    const best = Math.max(...curve.map(({ goodput }) => goodput));
    expect(curve.find(({ factor }) => factor === 0.5)?.goodput).toBeCloseTo(0.5, 1);
    for (const { factor, goodput } of curve) if (factor >= 1) expect(goodput).toBeGreaterThan(0.9 * best);
  });

  it('keeps latency low: served calls take a few times the service time', () => {
    expect(mean(run(10).map(({ p99Ms }) => p99Ms))).toBeLessThan(500);
    const drowned = runScenario({
      seed: 7,
      seconds: 60,
      everySeconds: 5,
      streams: mixedLoad(3),
      admission: rules['no limit'],
    });
    expect(drowned.at(-1)?.p99Ms).toBeGreaterThan(10_000);
  });

  it('refuses almost no call below capacity', () => {
    for (const one of run(0.7)) for (const share of one.success.values()) expect(share).toBeGreaterThan(0.99);
  });
});

describe('partitions', () => {
  it.each([5, 10])('serve 99.9 % of paying buyers while browsing floods with %i times the capacity', (factor) => {
    const intervals = runScenario({
      seed: 11,
      seconds: 600,
      everySeconds: 600,
      streams: [
        { class: 1, perSecond: () => 0.2 * capacityPerSecond },
        { class: 2, perSecond: () => 0.2 * capacityPerSecond },
        { class: 4, perSecond: () => factor * capacityPerSecond },
      ],
      admission: rules.ours,
    });
    expect(intervals[0]?.success.get(1)).toBeGreaterThanOrEqual(0.999);
    expect(intervals[0]?.success.get(2)).toBeGreaterThanOrEqual(0.95);
    expect(goodputOf(intervals)).toBeGreaterThan(0.9);
  });

  it('give back a lent share within a window', () => {
    const intervals = runScenario({
      seed: 3,
      seconds: 90,
      everySeconds: 0.5,
      streams: [
        { class: 4, perSecond: () => 5 * capacityPerSecond },
        { class: 1, perSecond: (now) => (now < 60_000 ? 0 : 0.25 * capacityPerSecond) },
      ],
      admission: rules.ours,
    });
    const after = intervals.filter(({ at }) => at > 60);
    expect(after.length).toBeGreaterThan(10);
    const shares = after.slice(1).map(({ success }) => success.get(1) ?? 1);
    expect(Math.min(...shares)).toBeGreaterThan(0.9);
    expect(mean(shares)).toBeGreaterThan(0.99);
  });
});

describe('a long overload', () => {
  it('leaves the limit where it was after an hour at three times the capacity', () => {
    const drift = simulateDrift('ours', { seed: 1, minutes: 60, factor: 3 });
    expect(drift.ratio).toBeGreaterThan(0.8);
    expect(drift.ratio).toBeLessThan(1.2);
    for (const { limit } of drift.series.slice(1)) {
      expect(limit).toBeGreaterThan(0.75 * serverSlots);
      expect(limit).toBeLessThan(1.6 * serverSlots);
    }
    expect(drift.goodput).toBeGreaterThan(0.95);
  });

  it('control: drives Gradient2 with its defaults to its highest limit', () => {
    const drift = simulateDrift('Gradient2, its defaults', { seed: 1, minutes: 60, factor: 3 });
    expect(drift.ratio).toBeGreaterThan(2);
    expect(drift.end).toBe(200);
    expect(drift.p99Ms).toBeGreaterThan(1000);
  });

  it('second control: makes the published guards oscillate, and ours not', () => {
    const swing = (rule: RuleName) => {
      const limits = run(3, rule).map(({ limit }) => limit);
      return Math.max(...limits) / Math.min(...limits);
    };
    expect(swing('Vegas with failsafe-go’s guards')).toBeGreaterThan(3);
    expect(swing('ours')).toBeLessThan(2.5);
  });
});

describe('change', () => {
  it('follows a dependency that becomes five times slower and recovers', () => {
    const intervals = runScenario({
      seed: 4,
      seconds: 260,
      everySeconds: 5,
      streams: mixedLoad(3),
      admission: rules.ours,
      events: [
        { atSeconds: 80, slowness: 5 },
        { atSeconds: 160, slowness: 1 },
      ],
    });
    const between = (from: number, to: number) => goodputOf(intervals.filter(({ at }) => at > from && at <= to));
    expect(between(30, 80)).toBeGreaterThan(0.9);
    expect(between(100, 160)).toBeGreaterThan(0.17);
    expect(between(180, 260)).toBeGreaterThan(0.9);
  });

  it('brings a limit that starts far too high down to its right value', () => {
    const intervals = runScenario({
      seed: 2,
      seconds: 300,
      everySeconds: 5,
      streams: mixedLoad(3),
      admission: (world) => ours(world, { slots: 3 * serverSlots }),
    });
    for (const { limit } of intervals.slice(-20)) expect(limit).toBeLessThan(2 * serverSlots);
  });

  it('finds the limit of a lane that writes in batches: one batch in flight, one being collected', () => {
    const batchMax = 100;
    const intervals = runScenario({
      seed: 5,
      seconds: 300,
      everySeconds: 5,
      streams: mixedLoad(15),
      admission: (world) => ours(world, { slots: 16, itemsPerSlot: 25 }),
      dependency: (world) => createLane(world, { batchMax, flush: { meanMs: 80, sigma: 0.2 }, perItemMs: 0.2 }),
    }).slice(-30);
    const limit = mean(intervals.map((one) => one.limit));
    expect(limit).toBeGreaterThan(1.5 * batchMax);
    expect(limit).toBeLessThan(3 * batchMax);
    expect(mean(intervals.map((one) => one.servedPerSecond))).toBeGreaterThan(930);
  });
});

describe('recovery', () => {
  it('takes half a minute after a rush of ten times the capacity that retries without back-off', () => {
    const recovery = simulateRecovery('ours', { seed: 1, factor: 10, rushSeconds: 10 });
    expect(recovery.secondsToNormal).toBeLessThanOrEqual(30);
    expect(recovery.goodputInRush).toBeGreaterThan(0.85);
  });

  it('control: never happens without a limit', () => {
    const recovery = simulateRecovery('no limit', { seed: 1, factor: 10, rushSeconds: 10 });
    expect(recovery.secondsToNormal).toBeUndefined();
    expect(recovery.goodputInRush).toBeLessThan(0.5);
  });
});
