import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LimiterOptions,
  type Permit,
  type SlotLimiter,
  createSlotLimiter,
} from '../../../src/traffic-control/concurrency/slot-limiter.ts';
import { guaranteedCalls } from '../../../src/traffic-control/concurrency/partitions.ts';
import type { RouteClass } from '../../../src/traffic-control/route-rules.ts';

/** Guards promise 8: which calls start, wait or are refused, in virtual time. */

type Told = { permit?: Permit; cause?: string; order: number };

function world(options: Partial<LimiterOptions> = {}) {
  let now = 0;
  let look: (() => void) | undefined;
  let told = 0;
  const limiter: SlotLimiter = createSlotLimiter(
    { slots: 10, slotsMax: 10, windowMs: 1e9, ...options },
    {
      now: () => now,
      random: () => 0.5,
      watch: (act) => {
        look = act;
        return () => {
          look = undefined;
        };
      },
    },
  );
  return {
    limiter,
    isWatching: () => look !== undefined,
    pass: (milliseconds: number) => {
      for (const end = now + milliseconds; now < end; ) {
        now = Math.min(now + 5, end);
        look?.();
      }
    },
    enter: (routeClass: RouteClass, deadlineMs = 3000): Told => {
      const permit = limiter.begin(routeClass, now);
      if (permit !== undefined) return { permit, order: told++ };
      const one: Told = { order: -1 };
      const cause = limiter.wait(
        {
          class: routeClass,
          deadline: now + deadlineMs,
          grant: (granted) => Object.assign(one, { permit: granted, order: told++ }),
          refuse: (why) => Object.assign(one, { cause: why }),
        },
        now,
      );
      return cause === undefined ? one : { cause, order: -1 };
    },
  };
}

const times = <One>(count: number, make: () => One): One[] => Array.from({ length: count }, make);
const granted = (all: readonly Told[]): number => all.filter(({ permit }) => permit !== undefined).length;

describe('shares of partitions', () => {
  it('are given back once, however a permit is used', () => {
    const { limiter, enter } = world();
    const { permit } = enter(2);
    permit?.done('ok');
    permit?.done('failed');
    expect(limiter.state.inflight).toBe(0);
  });

  it('are lent while their owner does not need them, and return as calls end', () => {
    const { enter, limiter } = world();
    const flood = times(30, () => enter(4));
    expect(granted(flood)).toBe(10);
    const paying = times(5, () => enter(1));
    expect(granted(paying)).toBe(0);
    for (const { permit } of flood.filter((one) => one.permit !== undefined).slice(0, 5)) permit?.done('ok');
    expect(granted(paying)).toBe(5);
    expect(limiter.state.used).toEqual([5, 0, 5]);
  });

  it('of callbacks are always free, and take no guaranteed place of others', () => {
    const { enter, limiter } = world();
    expect(granted(times(50, () => enter(0)))).toBe(50);
    expect(granted(times(8, () => enter(1)))).toBe(5);
    expect(granted(times(8, () => enter(2)))).toBe(3);
    expect(granted(times(8, () => enter(5)))).toBe(2);
    expect(limiter.state.exempt).toBe(50);
    expect(limiter.wouldRefuse(0)).toBe(false);
  });

  it('are never fewer for a partition than its share, in any order of arrival', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 500 }), (limit) => {
        const guaranteed = ([0, 1, 2] as const).map((partition) => guaranteedCalls(partition, limit));
        expect(guaranteed.reduce((sum, calls) => sum + calls, 0)).toBeLessThanOrEqual(limit);
        expect(Math.min(...guaranteed)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the line', () => {
  it('holds twice the limit, and makes room for a partition below its share', () => {
    const { enter, limiter } = world();
    const flood = times(40, () => enter(4));
    expect(limiter.state.queued).toBe(20);
    expect(flood.filter(({ cause }) => cause === 'line_full')).toHaveLength(10);
    const order = enter(2);
    expect(limiter.state.queued).toBe(20);
    expect(flood.filter(({ cause }) => cause === 'evicted')).toHaveLength(1);
    expect(order.cause).toBeUndefined();
  });

  it('serves in order of arrival for a tenth of a second, then the newest first', () => {
    const { enter, pass } = world();
    const holders = times(10, () => enter(2));
    const [first, second] = [enter(2), enter(2)];
    holders[0]?.permit?.done('ok');
    expect(first.permit).toBeDefined();
    expect(second.permit).toBeUndefined();
    pass(102);
    const [older, newer] = [enter(2), enter(2)];
    holders[1]?.permit?.done('ok');
    expect(newer.permit).toBeDefined();
    expect(older.permit).toBeUndefined();
  });

  it('lets a call wait 100 ms, and only 5 ms once there was no room for that long', () => {
    const { enter, pass, limiter, isWatching } = world();
    times(10, () => enter(2));
    const early = enter(2);
    pass(95);
    expect(early.cause).toBeUndefined();
    pass(10);
    expect(early.cause).toBe('waited');
    expect(isWatching()).toBe(false);
    const late = enter(2);
    pass(10);
    expect(late.cause).toBe('waited');
    expect(limiter.refusals(2, 'waited')).toBe(2);
    expect(limiter.state.queued).toBe(0);
  });

  it('keeps a waiter whose own place is lent out, until the deadline', () => {
    const { enter, pass } = world();
    times(10, () => enter(4));
    const paying = enter(1, 1000);
    pass(900);
    expect(paying.cause).toBeUndefined();
    pass(110);
    expect(paying.cause).toBe('deadline');
  });

  it('drops a waiter whose deadline comes before its work starts', () => {
    const { enter, limiter } = world();
    const holders = times(10, () => enter(2));
    const waiting = enter(2, 0);
    holders[0]?.permit?.done('ok');
    expect(waiting).toMatchObject({ cause: 'deadline' });
    expect(limiter.state.inflight).toBe(9);
  });

  it('predicts exactly what would be refused', () => {
    const { enter, pass, limiter } = world();
    times(10, () => enter(4));
    expect(limiter.wouldRefuse(4)).toBe(false);
    pass(110);
    enter(4);
    expect(limiter.wouldRefuse(4)).toBe(true);
    expect(limiter.wouldRefuse(1)).toBe(false);
    expect(limiter.wouldRefuse(0)).toBe(false);
    expect(limiter.refusals(4, 'ahead')).toBe(1);
  });
});

type Step =
  | { readonly act: 'enter'; readonly class: RouteClass; readonly deadlineMs: number }
  | { readonly act: 'done'; readonly which: number; readonly outcome: 'ok' | 'failed' | 'ignored' }
  | { readonly act: 'pass'; readonly milliseconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    act: fc.constant('enter' as const),
    class: fc.constantFrom<RouteClass[]>(0, 1, 2, 3, 4, 5),
    deadlineMs: fc.integer({ min: 0, max: 300 }),
  }),
  fc.record({
    act: fc.constant('done' as const),
    which: fc.nat(1000),
    outcome: fc.constantFrom('ok' as const, 'failed' as const, 'ignored' as const),
  }),
  fc.record({ act: fc.constant('pass' as const), milliseconds: fc.integer({ min: 1, max: 80 }) }),
);

describe('any sequence of calls', () => {
  it('stays within the limit, ends every call once, and forgets none', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.integer({ min: 4, max: 12 }), (steps, slots) => {
        const { limiter, enter, pass } = world({ slots, slotsMax: 4 * slots, windowMs: 20, samplesMin: 3 });
        const all: Told[] = [];
        const running = (): Told[] => all.filter(({ permit, cause }) => permit !== undefined && cause !== 'ended');
        let before = limiter.state.limit;
        let grantedBefore = 0;
        for (const one of steps) {
          if (one.act === 'enter') all.push(enter(one.class, one.deadlineMs));
          else if (one.act === 'pass') pass(one.milliseconds);
          else {
            const ending = running().at(one.which % Math.max(running().length, 1));
            // Marked first: ending one call begins others.
            if (ending !== undefined) ending.cause = 'ended';
            ending?.permit?.done(one.outcome);
          }
          const { inflight, exempt, limit, queued, used } = limiter.state;
          expect(inflight).toBe(running().length);
          expect(queued).toBe(all.filter(({ permit, cause }) => permit === undefined && cause === undefined).length);
          expect(used.every((count) => count >= 0) && exempt >= 0).toBe(true);
          // A limit that falls ends nothing that runs; but nothing begins above it.
          const begun = granted(all) - grantedBefore;
          if (begun > 0 && one.act !== 'enter') expect(inflight - exempt).toBeLessThanOrEqual(Math.max(limit, before));
          if (begun > 0 && one.act === 'enter' && one.class !== 0) expect(inflight - exempt).toBeLessThanOrEqual(limit);
          expect(queued).toBeLessThanOrEqual(2 * Math.max(limit, before) + 1);
          grantedBefore = granted(all);
          before = Math.max(limit, queued / 2);
        }
        for (const one of running()) one.permit?.done('ok');
        pass(4000);
        for (const one of all) if (one.cause !== 'ended') one.permit?.done('ok');
        expect(limiter.state.inflight).toBe(0);
        expect(limiter.state.queued).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
