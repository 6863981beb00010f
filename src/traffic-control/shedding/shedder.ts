import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Gate } from '../../platform/resilience/gate.ts';
import type { DependencyLimiters } from '../concurrency/dependencies.ts';
import { createRetrySpread } from '../concurrency/retry-spread.ts';
import { type LoopSample, type ShedState, calm, loopPressure, nextShedState } from './shed-level.ts';
import * as metrics from '../metrics.ts';
import type { Dependency, RouteClass } from '../route-rules.ts';

/** The classes that are refused now, decided every 200 ms; asking costs one look-up. */
export type Shedder = {
  /** Why a request of this class, which needs this dependency, is refused; undefined if it is not. */
  cause(routeClass: RouteClass, uses?: Dependency): ShedCause | undefined;
  /** Whether all requests of this class are refused now. Counts nothing. */
  isShedding(routeClass: RouteClass): boolean;
  /** A request that passed the shedder was refused by a rate limit or the per-event limit before it cost anything. */
  refusedLater(routeClass: RouteClass): void;
  /** Retry-After of a refusal for this cause, with jitter, so that clients do not come back together. */
  retryAfterSeconds(cause?: ShedCause): number;
  close(): void;
};

export type ShedCause = 'loop' | 'pool' | Dependency;

/** A pool of connections as the shedder sees it. */
export type WatchedPool = { readonly gate: Pick<Gate, 'waiting'>; readonly size: number };

/** When the loop and the pools are sampled. Tests pass their own. */
export type Sampler = { sample(): LoopSample; close(): void };

const sampleEveryMs = 200;
const delayResolutionMs = 10;
const nanosecondsPerMs = 1e6;
/** Waiting calls per connection that mean overload: half of what the pool itself allows. */
const waitingPerConnectionMax = 25;
/** At least this part of the requests must pass the shedder, or no further class is refused. */
const worthSheddingFrom = 0.1;

/** The order of refusals when the loop is late. Class 0 is never refused. */
const loopLadder: readonly RouteClass[] = [5, 4, 3, 2, 1];
/**
 * The order of refusals when the database is behind. Browsing is served from memory and continues, as do paying and the door.
 */
const poolLadder: readonly RouteClass[] = [5, 3, 2];

export function createShedder(deps: {
  pools: readonly WatchedPool[];
  sampler?: Sampler;
  /** Limits on calls in flight to the dependencies of routes. */
  limiters?: Partial<DependencyLimiters>;
}): Shedder {
  const sampler = deps.sampler ?? createLoopSampler();
  const causes: (ShedCause | undefined)[] = [];
  /** Since the last sample: requests that passed, by class, and all requests. */
  const taken = [0, 0, 0, 0, 0, 0];
  let asked = 0;
  let loop: ShedState = calm;
  let pool: ShedState = calm;
  const spread = createRetrySpread(Math.random, performance.now());

  const look = (): void => {
    const sample = sampler.sample();
    const waiting = poolPressureOf(deps.pools);
    const next = loopLadder[loop.level];
    const levelMax = next !== undefined && isWorthShedding(taken, asked, next) ? loopLadder.length : loop.level;
    loop = nextShedState(loop, loopPressure(sample), levelMax);
    taken.fill(0);
    asked = 0;
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
      asked += 1;
      if (cause === undefined) {
        taken[routeClass] = (taken[routeClass] ?? 0) + 1;
        spread.served();
      } else spread.refused();
      return cause;
    },
    isShedding: (routeClass) => causes[routeClass] !== undefined,
    refusedLater: (routeClass) => {
      taken[routeClass] = (taken[routeClass] ?? 0) - 1;
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

/**
 * Whether refusing one more class takes enough load away. If nearly all requests are refused already, the refusals fill the
 * loop. Refusing buyers who order or pay as well would then relieve nothing.
 */
function isWorthShedding(taken: readonly number[], asked: number, next: RouteClass): boolean {
  const left = taken.slice(1, next + 1).reduce((sum, count) => sum + count, 0);
  return left >= worthSheddingFrom * asked;
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
      // In an idle loop the value is the resolution of the sampler.
      const delayP99Ms = Math.max(delay.percentile(99) / nanosecondsPerMs - delayResolutionMs, 0);
      delay.reset();
      return { utilization, delayP99Ms };
    },
    close: () => void delay.disable(),
  };
}
