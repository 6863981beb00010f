import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextAdmissionRate, paceLimitOf } from '../../../src/waiting-room/admission/admission-rate.ts';
import { createRecentLatencies } from '../../../src/waiting-room/admission/recent-latencies.ts';
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
    ['who all come', 1, 1, 100, 0.02],
    ['of whom two thirds come, slowly', 0.66, 40, 100, 0.02],
    ['of whom two fifths come', 0.4, 20, 100, 0.02],
    ['of whom two fifths come, in a room that calls too few in a minute to tell', 0.4, 20, 0.3, 0.1],
  ])('keep the organizer’s rate, with buyers %s', (_name, show, lagSeconds, rateMax, tolerance) => {
    const random = randomFrom(17);
    const history = simulateRoom({
      seconds: rateMax < 1 ? 18_000 : 1800,
      places: 1_000_000,
      rateMax,
      buyers: { show, lagSeconds },
      tickSeconds: () => 1 + random() * 0.3,
      random,
    });
    expect(Math.abs(steady(history, 600) / rateMax - 1)).toBeLessThan(tolerance);
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

  it('never stop altogether while orders suffer, and stop while payments cannot be made', () => {
    const input = { admissionRate: 100, rateMax: 100, paymentsPerSecond: 1000, isPaymentBusy: false };
    const after = (seconds: number, change: Partial<Parameters<typeof nextAdmissionRate>[0]>) => {
      let rate = 100;
      for (let second = 0; second < seconds; second += 1)
        rate = nextAdmissionRate({ ...input, health: healthy, ...change, admissionRate: rate });
      return rate;
    };
    const bad = { ...healthy, poolWaitMs: 90 };
    expect(after(600, { health: bad })).toBe(2);
    expect(after(600, { health: bad, isPaymentBusy: true })).toBeLessThan(0.001);
    expect(nextAdmissionRate({ ...input, health: bad, admissionRate: 0.5 })).toBe(0.5);
  });

  it('follow the capacity of the service: an unknown limit is found and kept', () => {
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

  it.each([1, 0.4])(
    'stay as they are while the processes cannot report, and afterwards, with a show ratio of %s: nobody is called for buyers who came unseen',
    (show) => {
      const history = simulateRoom({
        seconds: 1200,
        places: 1_000_000,
        rateMax: 100,
        buyers: { show, lagSeconds: 5 },
        health: (second) => (second > 300 && second <= 600 ? undefined : healthy),
        random: randomFrom(6),
      });
      const perMinute = (from: number) =>
        steady(
          history.filter(({ at }) => at <= from + 60),
          from,
        );
      for (let from = 240; from < 900; from += 60) expect(perMinute(from), `from second ${from}`).toBeLessThan(105);
      expect(perMinute(540)).toBeGreaterThan(95);
      expect(perMinute(1080)).toBeGreaterThan(95);
    },
  );

  it('name what decides the rate', () => {
    const input = { admissionRate: 100, rateMax: 100, paymentsPerSecond: 1000, isPaymentBusy: false, health: healthy };
    const limit = (change: Partial<Parameters<typeof paceLimitOf>[0]>) => paceLimitOf({ ...input, ...change });
    expect(limit({})).toBe('rate_max');
    expect(limit({ admissionRate: 50 })).toBe('rising');
    expect(limit({ paymentsPerSecond: 30 })).toBe('payments');
    expect(limit({ isPaymentBusy: true })).toBe('payments');
    expect(limit({ health: undefined })).toBe('unknown_health');
    expect(limit({ health: { ...healthy, placementP95Ms: 300 } })).toBe('placement');
    expect(limit({ health: { ...healthy, shedRatio: 0.5 } })).toBe('shed');
    expect(limit({ health: { ...healthy, poolWaitMs: 90 } })).toBe('pool');
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
          const input = { admissionRate, rateMax, paymentsPerSecond, isPaymentBusy, health };
          const next = nextAdmissionRate(input);
          expect(next).toBeLessThanOrEqual(Math.min(rateMax, paymentsPerSecond));
          expect(next).toBeGreaterThanOrEqual(0);
          const isHeld = isPaymentBusy || ['unknown_health', 'placement', 'shed', 'pool'].includes(paceLimitOf(input));
          if (isHeld) expect(next).toBeLessThanOrEqual(admissionRate);
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
  const stock = { capacity: 1000, available: 1000, held: 0, sold: 0, blocked: 0, ticketsPerOrder: null };
  const inside = { called: 100, orders: 0, showRatio: 1 };
  const judge = (...given: Parameters<typeof judgeStock>) => judgeStock(...given).kind;

  it('calls nobody for places that the buyers inside can take, nor for held places', () => {
    expect(judge(stock, inside, false)).toBe('on_sale');
    expect(judge({ ...stock, available: 150 }, inside, false)).toBe('probably_sold_out');
    expect(judge({ ...stock, available: 150, held: 300 }, inside, false)).toBe('on_sale');
    expect(judge({ ...stock, available: 0, held: 500 }, { ...inside, called: 0 }, false)).toBe('probably_sold_out');
    expect(judge({ ...stock, available: 0, sold: 990, blocked: 10 }, inside, true)).toBe('probably_sold_out');
    expect(judge({ ...stock, available: 0, sold: 1000 }, inside, true)).toBe('sold_out');
  });

  it('continues when called buyers have left places', () => {
    expect(judge({ ...stock, available: 150 }, inside, true)).toBe('probably_sold_out');
    expect(judge({ ...stock, available: 150 }, { ...inside, called: 50 }, true)).toBe('on_sale');
    expect(judge({ ...stock, available: 150 }, { ...inside, orders: 40 }, true)).toBe('on_sale');
  });

  it('counts tickets per order in the last orders, so that tickets sold before the room opened make no difference', () => {
    const presold = { ...stock, capacity: 51_000, sold: 50_000, ticketsPerOrder: 1.5 };
    expect(judge(presold, { ...inside, called: 500, orders: 40 }, false)).toBe('on_sale');
    expect(judge({ ...presold, ticketsPerOrder: 4 }, { ...inside, called: 500, orders: 40 }, false)).toBe(
      'probably_sold_out',
    );
  });

  it('calls as many buyers as there are orders left for, when a few tickets come back, and not a whole second’s', () => {
    const called = (available: number, showRatio: number) =>
      judgeStock(
        { ...stock, available, sold: 1000 - available, ticketsPerOrder: 2 },
        { ...inside, called: 0, showRatio },
        true,
      );
    expect(called(2, 1)).toEqual({ kind: 'on_sale', callMax: 5 });
    expect(called(60, 0.5)).toEqual({ kind: 'on_sale', callMax: 60 });
    const history = simulateRoom({
      seconds: 3000,
      places: 100_000,
      rateMax: 1000,
      turnSeconds: 120,
      capacity: 100,
      buyers: { show: 0.8, lagSeconds: 20, order: 0.7, tickets: 2 },
      random: randomFrom(11),
    });
    expect(history.at(-1)?.phase).toBe('over');
    // 50 orders by 0.8 x 0.7 of those who are called: 90 positions, and the last tickets are offered to five at a time.
    expect(history.at(-1)?.serving).toBeLessThan(150);
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

describe('the figures of the pace', () => {
  it('a window estimates quantiles to 9 %, and drops old samples', () => {
    const window = createRecentLatencies(3);
    expect(window.percentile(0.95)).toBeUndefined();
    for (let at = 1; at <= 1000; at += 1) window.add(at);
    expect(window.count()).toBe(1000);
    expect(window.percentile(0.95)).toBeGreaterThanOrEqual(950);
    expect(window.percentile(0.95)).toBeLessThan(950 * 1.1);
    for (let second = 0; second < 3; second += 1) window.nextSecond();
    expect(window.count()).toBe(0);
  });

  it('the show ratio moves towards the observed one, within its bounds, and not for a handful of buyers', () => {
    expect(nextShowRatio(1, [])).toBe(1);
    expect(nextShowRatio(1, [{ called: 10, exchanged: 0 }])).toBe(1);
    expect(nextShowRatio(1, [{ called: 100, exchanged: 50 }])).toBeCloseTo(0.925);
    expect(nextShowRatio(0.3, [{ called: 100, exchanged: 0 }])).toBe(0.3);
    expect(nextShowRatio(0.9, [{ called: 100, exchanged: 400 }])).toBeCloseTo(0.915);
    const turn = { called: 50, exchanged: 25 };
    expect(nextShowRatio(1, [{ called: 10, exchanged: 0 }, turn])).toBeCloseTo(0.925);
    expect(nextShowRatio(1, [{ called: 100, exchanged: 100 }, turn])).toBe(1);
  });
});
