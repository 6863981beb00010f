import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBad, nextAdmissionRate } from '../../../src/waiting-room/admission/admission-rate.ts';
import { healthOf } from '../../../src/waiting-room/admission/health-reader.ts';
import { createLatencyWindow } from '../../../src/waiting-room/admission/latency-window.ts';
import { paymentShare } from '../../../src/waiting-room/admission/next-serving.ts';
import { nextShowRatio } from '../../../src/waiting-room/admission/show-ratio.ts';
import { judgeStock } from '../../../src/waiting-room/admission/stop-rule.ts';
import { randomFrom, simulateRoom } from '../support/simulate-room.ts';

/** Guards promise 7: no faster than wanted, healthy and payable, and not slower either. In virtual time. */

const healthy = { placementP95Ms: 30, shedRatio: 0, poolWaitMs: 0 };
const steady = (history: { at: number; came: number }[], from: number) => {
  const seen = history.filter(({ at }) => at > from);
  const seconds = (seen.at(-1)?.at ?? 0) - from;
  return seen.reduce((sum, { came }) => sum + came, 0) / seconds;
};

describe('admissions per second', () => {
  it.each([
    ['who all come', 1, 1],
    ['of whom two thirds come, slowly', 0.66, 40],
    ['of whom two fifths come', 0.4, 20],
  ])('keep the organizer’s rate within a fiftieth, with buyers %s', (_name, show, lagSeconds) => {
    const random = randomFrom(17);
    const history = simulateRoom({
      seconds: 1800,
      places: 1_000_000,
      rateMax: 100,
      buyers: { show, lagSeconds },
      tickSeconds: () => 1 + random() * 0.3,
      random,
    });
    expect(Math.abs(steady(history, 600) / 100 - 1)).toBeLessThan(0.02);
  });

  it('of buyers who rarely come are fewer than wanted, by no more than the lowest show ratio allows', () => {
    const history = simulateRoom({
      seconds: 1200,
      places: 1_000_000,
      rateMax: 100,
      buyers: { show: 0.15, lagSeconds: 5 },
      random: randomFrom(3),
    });
    expect(history.at(-1)?.showRatio).toBeCloseTo(0.3);
    expect(steady(history, 600)).toBeGreaterThan(45);
    expect(steady(history, 600)).toBeLessThan(55);
  });

  it('fall while orders suffer, and are back within half a minute of health', () => {
    const history = simulateRoom({
      seconds: 200,
      places: 1_000_000,
      rateMax: 100,
      buyers: { show: 1, lagSeconds: 1 },
      health: (second) => (second > 100 && second <= 110 ? { ...healthy, placementP95Ms: 400 } : healthy),
      random: randomFrom(4),
    });
    const rateAt = (second: number) => history.findLast(({ at }) => at <= second)?.admissionRate ?? 0;
    expect(rateAt(99)).toBe(100);
    expect(rateAt(110)).toBeLessThan(5);
    expect(rateAt(135)).toBe(100);
  });

  it('follow the capacity of the shop: an unknown limit is found and kept', () => {
    const history = simulateRoom({
      seconds: 900,
      places: 1_000_000,
      rateMax: 200,
      buyers: { show: 1, lagSeconds: 0 },
      // Slow in every second in which more than 60 come.
      health: (_second, came) => ({ ...healthy, placementP95Ms: came > 60 ? 300 : 40 }),
      random: randomFrom(5),
    });
    expect(steady(history, 100)).toBeGreaterThan(45);
    expect(steady(history, 100)).toBeLessThan(62);
  });

  it('never exceed what is wanted or what can be paid, from any state', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.double({ min: 0.1, max: 1e4, noNaN: true }),
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        fc.boolean(),
        fc.option(
          fc.record({
            placementP95Ms: fc.option(fc.double({ min: 0, max: 5000, noNaN: true }), { nil: undefined }),
            shedRatio: fc.double({ min: 0, max: 1, noNaN: true }),
            poolWaitMs: fc.double({ min: 0, max: 5000, noNaN: true }),
          }),
          { nil: undefined },
        ),
        (admissionRate, rateMax, paymentsPerSecond, isPaymentBusy, health) => {
          const next = nextAdmissionRate({ admissionRate, rateMax, paymentsPerSecond, isPaymentBusy, health });
          expect(next).toBeLessThanOrEqual(Math.min(rateMax, paymentsPerSecond));
          expect(next).toBeGreaterThanOrEqual(0);
          if (health === undefined || isBad(health) || isPaymentBusy) expect(next).toBeLessThanOrEqual(admissionRate);
        },
      ),
    );
  });
});

describe('shares of what can be paid', () => {
  const rate = fc.double({ min: 0.1, max: 1e4, noNaN: true });
  it('add up to no more than the total, leave nothing unused that somebody wants, and favour nobody', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        fc.array(rate, { minLength: 1, maxLength: 8 }),
        (budget, wanted) => {
          const shares = wanted.map((own, at) => paymentShare(budget, own, wanted.toSpliced(at, 1)));
          const sum = shares.reduce((all, share) => all + share, 0);
          const all = wanted.reduce((total, own) => total + own, 0);
          expect(sum).toBeCloseTo(Math.min(budget, all), 5);
          const least = Math.min(...shares.filter((share, at) => share < (wanted[at] ?? 0)));
          for (const share of shares) expect(share).toBeLessThanOrEqual(least + 1e-6);
        },
      ),
    );
  });
});

describe('the stop rule', () => {
  const stock = { capacity: 1000, available: 1000, held: 0, sold: 0, blocked: 0 };
  const shop = { called: 100, orders: 0, showRatio: 1, ordersEver: 0 };

  it('calls nobody for places that the buyers in the shop can take, nor for held places', () => {
    expect(judgeStock(stock, shop, false)).toBe('on_sale');
    expect(judgeStock({ ...stock, available: 150 }, shop, false)).toBe('spoken_for');
    expect(judgeStock({ ...stock, available: 150, held: 300 }, shop, false)).toBe('on_sale');
    expect(judgeStock({ ...stock, available: 0, held: 500 }, { ...shop, called: 0 }, false)).toBe('spoken_for');
    expect(judgeStock({ ...stock, available: 0, sold: 990, blocked: 10 }, shop, true)).toBe('spoken_for');
    expect(judgeStock({ ...stock, available: 0, sold: 1000 }, shop, true)).toBe('sold_out');
  });

  it('continues when called buyers have left places', () => {
    expect(judgeStock({ ...stock, available: 150 }, shop, true)).toBe('spoken_for');
    expect(judgeStock({ ...stock, available: 150 }, { ...shop, called: 50 }, true)).toBe('on_sale');
    expect(judgeStock({ ...stock, available: 150 }, { ...shop, orders: 40 }, true)).toBe('on_sale');
  });

  it('sells all of a small stock, and calls no more buyers than needed', () => {
    const history = simulateRoom({
      seconds: 4000,
      places: 100_000,
      rateMax: 50,
      turnSeconds: 120,
      capacity: 1000,
      buyers: { show: 0.8, lagSeconds: 20, order: 0.7, tickets: 2 },
      random: randomFrom(9),
    });
    expect(history.at(-1)?.phase).toBe('over');
    expect(history.some(({ phase }) => phase === 'probably_sold_out')).toBe(true);
    // 500 orders by 0.8 x 0.7 of those who are called: 893 positions, and what was on its way.
    expect(history.at(-1)?.serving).toBeLessThan(1400);
  });
});

describe('the reports of processes', () => {
  it('are combined into the worst of them, and are unknown when no process reports', () => {
    expect(healthOf([])).toBeUndefined();
    const reports = [
      { placements: 500, placementP95Ms: 30, shed: 0, poolWaitMs: 2 },
      { placements: 480, placementP95Ms: 300, shed: 20, poolWaitMs: 1 },
      { placements: 3, placementP95Ms: 2000, shed: 0, poolWaitMs: 0 },
    ];
    expect(healthOf(reports)).toEqual({ placementP95Ms: 300, shedRatio: 20 / 1003, poolWaitMs: 2 });
    expect(healthOf([{ placements: 2, placementP95Ms: 900, shed: 2, poolWaitMs: 0 }])).toEqual({
      placementP95Ms: undefined,
      shedRatio: 0,
      poolWaitMs: 0,
    });
  });

  it('a window estimates quantiles to 9 %, and drops old samples', () => {
    const window = createLatencyWindow(3);
    expect(window.quantile(0.95)).toBeUndefined();
    for (let at = 1; at <= 1000; at += 1) window.note(at);
    expect(window.count()).toBe(1000);
    expect(window.quantile(0.95)).toBeGreaterThanOrEqual(950);
    expect(window.quantile(0.95)).toBeLessThan(950 * 1.1);
    for (let second = 0; second < 3; second += 1) window.turn();
    expect(window.count()).toBe(0);
  });

  it('the show ratio moves towards the observed one, within its bounds, and not for a handful of buyers', () => {
    expect(nextShowRatio(1, { called: 10, exchanged: 0 })).toBe(1);
    expect(nextShowRatio(1, { called: 100, exchanged: 50 })).toBeCloseTo(0.925);
    expect(nextShowRatio(0.3, { called: 100, exchanged: 0 })).toBe(0.3);
    expect(nextShowRatio(0.9, { called: 100, exchanged: 400 })).toBeCloseTo(0.915);
  });
});
