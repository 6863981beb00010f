import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Gate } from '../platform/gate.ts';
import type { Dependency, DependencyLimiters } from './concurrency/dependencies.ts';
import { createRetrySpread } from './concurrency/retry-spread.ts';
import { type LoopSample, loopPressure } from './loop-pressure.ts';
import * as metrics from './metrics.ts';
import type { RouteClass } from './policies.ts';
import { type ShedState, calm, nextShedState } from './shed-level.ts';

/** Which classes are refused now, decided every 200 ms; asking costs one look-up. */
export type Shedder = {
  /** Why a request of this class, which needs this dependency, is refused; undefined when it is not. */
  cause(routeClass: RouteClass, uses?: Dependency): ShedCause | undefined;
  /** Seconds to tell one refused for this cause: never the same for all, or they come back together. */
  retryAfterSeconds(cause?: ShedCause): number;
  close(): void;
};

export type ShedCause = 'loop' | 'pool' | Dependency;

/** A pool of connections as the shedder sees it. */
export type WatchedPool = { readonly gate: Pick<Gate, 'waiting'>; readonly size: number };

/** Times at which the loop and the pools are looked at. Another one comes in with tests. */
export type Sampler = { sample(): LoopSample; close(): void };

const sampleEveryMs = 200;
const delayResolutionMs = 10;
const nanosecondsPerMs = 1e6;
/** Calls that may wait per connection before it is too many: half of what the pool itself would let wait. */
const waitingPerConnectionMax = 25;

/** Refused in this order when the loop is late. Class 0 is in no ladder. */
const loopLadder: readonly RouteClass[] = [5, 4, 3, 2, 1];
/** When the database is behind: browsing is served from memory and stays; who pays or stands at the door stays too. */
const poolLadder: readonly RouteClass[] = [5, 3, 2];

export function createShedder(deps: {
  pools: readonly WatchedPool[];
  sampler?: Sampler;
  /** Limits on what is in flight to the dependencies of routes. */
  limiters?: Partial<DependencyLimiters>;
}): Shedder {
  const sampler = deps.sampler ?? createLoopSampler();
  const causes: (ShedCause | undefined)[] = [];
  let loop: ShedState = calm;
  let pool: ShedState = calm;
  const spread = createRetrySpread(Math.random, performance.now());

  const look = (): void => {
    const sample = sampler.sample();
    const waiting = poolPressureOf(deps.pools);
    loop = nextShedState(loop, loopPressure(sample), loopLadder.length);
    pool = nextShedState(pool, waiting, poolLadder.length);
    causes.length = 0;
    for (const shed of poolLadder.slice(0, pool.level)) causes[shed] = 'pool';
    for (const shed of loopLadder.slice(0, loop.level)) causes[shed] = 'loop';
    metrics.loopUtilization.set(sample.utilization);
    metrics.loopDelay.set(sample.delayP99Ms / 1000);
    metrics.poolPressure.set(waiting);
    metrics.shedLevel.set({ cause: 'loop' }, loop.level);
    metrics.shedLevel.set({ cause: 'pool' }, pool.level);
  };

  const timer = setInterval(look, sampleEveryMs).unref();

  return {
    cause: (routeClass, uses) => {
      const cause = causes[routeClass] ?? (uses && deps.limiters?.[uses]?.wouldRefuse(routeClass) ? uses : undefined);
      if (cause === undefined) spread.served();
      else spread.refused();
      return cause;
    },
    retryAfterSeconds: (cause) => {
      const limiter = cause === undefined || cause === 'loop' || cause === 'pool' ? undefined : deps.limiters?.[cause];
      return limiter?.retryAfterSeconds() ?? spread.retryAfterSeconds(performance.now());
    },
    close: () => {
      clearInterval(timer);
      sampler.close();
    },
  };
}

/** The fullest pool counts. */
function poolPressureOf(pools: readonly WatchedPool[]): number {
  return pools.reduce((most, pool) => Math.max(most, pool.gate.waiting / (pool.size * waitingPerConnectionMax)), 0);
}

function createLoopSampler(): Sampler {
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delay.enable();
  let before = performance.eventLoopUtilization();
  return {
    sample: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      // An idle loop shows the resolution itself.
      const delayP99Ms = Math.max(delay.percentile(99) / nanosecondsPerMs - delayResolutionMs, 0);
      delay.reset();
      return { utilization, delayP99Ms };
    },
    close: () => void delay.disable(),
  };
}
