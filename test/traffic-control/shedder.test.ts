import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calm, loopPressure, nextShedState } from '../../src/traffic-control/shedding/shed-level.ts';
import { createShedder } from '../../src/traffic-control/shedding/shedder.ts';

/** Guards promise 8: it degrades gradually, class by class, and recovers by itself. */

function levels(pressures: readonly number[], levelMax = 5): number[] {
  let state = calm;
  return pressures.map((pressure) => {
    state = nextShedState(state, pressure, levelMax);
    return state.level;
  });
}

const repeat = (pressure: number, times: number) => Array.from({ length: times }, () => pressure);

describe('the level', () => {
  it('ignores a single bad sample', () => {
    expect(levels([2, 0, 2, 0, 2, 0])).toEqual(repeat(0, 6));
  });

  it('rises by one class per two bad samples and ends at the last class', () => {
    expect(levels(repeat(1.5, 14))).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5]);
  });

  it('falls by one class per five good samples, slower than it rises', () => {
    expect(levels([...repeat(1.5, 4), ...repeat(0.1, 10)]).at(-1)).toBe(0);
    expect(levels([...repeat(1.5, 4), ...repeat(0.1, 9)]).at(-1)).toBe(1);
  });

  it('holds between good and bad', () => {
    expect(levels([...repeat(1.5, 4), ...repeat(0.75, 50)]).at(-1)).toBe(2);
  });

  it('settles, without oscillating, when shedding a class is enough', () => {
    // A process with twice its capacity of requests: each class that is shed takes a fifth of the load away.
    let state = calm;
    const seen: number[] = [];
    for (let sample = 0; sample < 300; sample += 1) {
      const offered = 2 * (1 - 0.2 * state.level);
      state = nextShedState(state, offered, 5);
      seen.push(state.level);
    }
    const last = seen.slice(-200);
    expect(Math.max(...last) - Math.min(...last)).toBeLessThanOrEqual(1);
    expect(Math.min(...last)).toBeGreaterThanOrEqual(2);
  });
});

describe('pressure of the loop', () => {
  it('requires a loop that is both busy and late', () => {
    expect(loopPressure({ utilization: 1, delayP99Ms: 5 })).toBeLessThan(0.1);
    expect(loopPressure({ utilization: 0.2, delayP99Ms: 500 })).toBe(0);
    expect(loopPressure({ utilization: 0.98, delayP99Ms: 120 })).toBeCloseTo(1.2);
  });
});

describe('the shedder', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  const passes = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  it('refuses browsing before orders, keeps callbacks, and recovers', async () => {
    let delayP99Ms = 300;
    const shedder = createShedder({
      pools: [],
      sampler: { sample: () => ({ utilization: 1, delayP99Ms }), close: () => {} },
    });
    try {
      await passes(1000);
      expect(shedder.cause(5)).toBe('loop');
      expect(shedder.cause(4)).toBe('loop');
      expect(shedder.cause(1)).toBeUndefined();
      await passes(1500);
      expect([1, 2, 3, 4, 5].map((one) => shedder.cause(one as 1))).toEqual(Array.from({ length: 5 }, () => 'loop'));
      expect(shedder.cause(0)).toBeUndefined();
      delayP99Ms = 1;
      await passes(6000);
      expect([0, 1, 2, 3, 4, 5].map((one) => shedder.cause(one as 0))).toEqual(
        Array.from({ length: 6 }, () => undefined),
      );
    } finally {
      shedder.close();
    }
  });

  it('does not refuse the few buyers who order or pay while a flood is already refused', async () => {
    const shedder = createShedder({
      pools: [],
      sampler: { sample: () => ({ utilization: 1, delayP99Ms: 300 }), close: () => {} },
    });
    const offer = (browsing: number, orders: number, crowd: number): void => {
      for (let request = 0; request < browsing; request += 1) shedder.cause(4);
      for (let request = 0; request < orders + crowd; request += 1) shedder.cause(2);
      for (let request = 0; request < crowd; request += 1) shedder.refusedLater(2);
    };
    const during = async (milliseconds: number, act: () => void): Promise<void> => {
      const until = performance.now() + milliseconds;
      for (; performance.now() < until; await passes(20)) act();
    };
    try {
      // Browsing is refused, and so are the many requests of one event; one order in twenty is for another event.
      await during(3500, () => offer(50, 5, 45));
      expect([5, 4, 2, 1].map((one) => shedder.cause(one as 1))).toEqual(['loop', 'loop', undefined, undefined]);
      // Orders that are let through are most of what there is.
      await during(1200, () => offer(50, 50, 0));
      expect(shedder.cause(2)).toBe('loop');
    } finally {
      shedder.close();
    }
  });

  it('sees callers that wait for a connection, and then does not refuse browsing and the door', async () => {
    const gate = { waiting: 100 };
    const shedder = createShedder({
      pools: [{ gate, size: 2 }],
      sampler: { sample: () => ({ utilization: 0.3, delayP99Ms: 1 }), close: () => {} },
    });
    try {
      await passes(1600);
      expect([0, 1, 2, 3, 4, 5].map((one) => shedder.cause(one as 0))).toEqual([
        undefined,
        undefined,
        'pool',
        'pool',
        undefined,
        'pool',
      ]);
    } finally {
      shedder.close();
    }
  });
});

describe('the shedder on a real clock', () => {
  it('sees a real loop that is blocked', async () => {
    const shedder = createShedder({ pools: [] });
    try {
      const until = performance.now() + 3000;
      while (performance.now() < until && shedder.cause(5) === undefined) {
        const busyUntil = performance.now() + 180;
        while (performance.now() < busyUntil);
        // A loop that waits for a timer is idle, on a busy machine for long. This one always has work.
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(shedder.cause(5)).toBe('loop');
      expect(shedder.cause(0)).toBeUndefined();
    } finally {
      shedder.close();
    }
  });

  it('spreads refused clients over the time that recovery needs', async () => {
    const shedder = createShedder({
      pools: [],
      sampler: { sample: () => ({ utilization: 1, delayP99Ms: 300 }), close: () => {} },
    });
    try {
      await pause(900);
      const until = performance.now() + 2500;
      while (performance.now() < until) {
        for (let request = 0; request < 100; request += 1) shedder.cause(5);
        await pause(20);
      }
      const seconds = Array.from({ length: 500 }, () => shedder.retryAfterSeconds());
      expect(seconds.every((value) => Number.isInteger(value) && value >= 1 && value <= 31)).toBe(true);
      expect(new Set(seconds).size).toBeGreaterThan(5);
    } finally {
      shedder.close();
    }
  });
});
