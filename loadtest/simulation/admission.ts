import { type LimiterOptions, createSlotLimiter } from '../../src/traffic-control/concurrency/slot-limiter.ts';
import type { RouteClass } from '../../src/traffic-control/route-rules.ts';
import { createGradient2 } from './gradient2.ts';
import { createPlainGuards } from './plain-guards.ts';
import type { World } from './world.ts';

/** The guard of a dependency: it accepts a call, now or soon, or refuses it. */
export type Admission = {
  enter(routeClass: RouteClass, begin: (done: () => void) => void, refuse: () => void): void;
  readonly limit: number;
  readonly inflight: number;
};

const deadlineMs = 3000;

/** The service's own guard: first the check of the first decision, then the call. */
export function ours(world: World, options: LimiterOptions): Admission {
  const limiter = createSlotLimiter(options, {
    now: () => world.now,
    random: world.random,
    watch: (look, everyMs) => world.every(everyMs, look),
  });
  return {
    enter: (routeClass, begin, refuse) => {
      if (limiter.wouldRefuse(routeClass)) return refuse();
      const start = (permit: { done(outcome: 'ok'): void }): void => begin(() => permit.done('ok'));
      const permit = limiter.begin(routeClass, world.now);
      if (permit !== undefined) return start(permit);
      const waiter = { class: routeClass, deadline: world.now + deadlineMs, grant: start, refuse };
      if (limiter.wait(waiter, world.now) !== undefined) refuse();
    },
    get limit() {
      return limiter.state.limit;
    },
    get inflight() {
      return limiter.state.inflight;
    },
  };
}

type Rule = {
  answered(latencyMs: number, inflight: number, now: number, isFull: boolean): void;
  readonly limit: number;
};

/** The controls: limits by another rule, without wait line and classes. */
function byRule(world: World, rule: Rule): Admission {
  let inflight = 0;
  let wasFull = false;
  return {
    enter: (_routeClass, begin, refuse) => {
      if (inflight >= rule.limit) {
        wasFull = true;
        return refuse();
      }
      inflight += 1;
      const since = world.now;
      const peak = inflight;
      begin(() => {
        inflight -= 1;
        rule.answered(world.now - since, peak, world.now, wasFull);
        wasFull = false;
      });
    },
    get limit() {
      return rule.limit;
    },
    get inflight() {
      return inflight;
    },
  };
}

export const gradient2 = (world: World): Admission => byRule(world, createGradient2(world.now));
export const plainGuards = (world: World, bounds: { initial: number; min: number; max: number }): Admission =>
  byRule(world, createPlainGuards(bounds, world.now));
/** Accepts everything, as a service without a limit does. */
export const unlimited = (world: World): Admission =>
  byRule(world, { limit: Number.POSITIVE_INFINITY, answered: () => {} });
