import { serviceOverloaded } from '../../platform/errors.ts';
import type { RouteClass } from '../route-rules.ts';
import {
  type LimiterClock,
  type LimiterOptions,
  type LimiterState,
  type Permit,
  type SlotLimiter,
  createSlotLimiter,
} from './slot-limiter.ts';
import { register } from './metrics.ts';

export type ConcurrencyLimiterOptions = LimiterOptions & {
  /** The dependency, as metrics name it. */
  readonly name: string;
};

export type AcquireRequest = {
  readonly class: RouteClass;
  /** The longest wait for a slot if the wait line does not end it sooner. Default: 3 s. */
  readonly deadlineMs?: number;
};

export type ConcurrencyLimiter = {
  readonly name: string;
  /** Whether a call of this class would be refused now. A few comparisons, for the first check of a request. */
  wouldRefuse(routeClass: RouteClass): boolean;
  /**
   * Acquires a slot for one call, after a short wait if none is free. The caller must release it with `done`.
   * @throws DomainError `service.overloaded` with a Retry-After, always as a rejection
   */
  acquire(request: AcquireRequest): Permit | Promise<Permit>;
  /** Counts a call that was refused for its share before it asked here. */
  refusedBefore(routeClass: RouteClass): void;
  /** Retry-After in whole seconds for calls refused because of this dependency, with jitter. */
  retryAfterSeconds(): number;
  readonly state: LimiterState;
  close(): void;
};

const deadlineMsDefault = 3000;

/** A limiter on the clock of the process. It runs one timer while calls wait, and none otherwise. */
export function createConcurrencyLimiter(options: ConcurrencyLimiterOptions): ConcurrencyLimiter {
  const limiter = createSlotLimiter(options, processClock);
  const unregister = register(options.name, limiter);
  return {
    name: options.name,
    wouldRefuse: limiter.wouldRefuse,
    acquire: (request) => {
      const now = performance.now();
      return limiter.begin(request.class, now) ?? wait(limiter, request, now);
    },
    refusedBefore: limiter.refusedBefore,
    retryAfterSeconds: limiter.retryAfterSeconds,
    get state() {
      return limiter.state;
    },
    close: () => {
      unregister();
      limiter.close();
    },
  };
}

function wait(limiter: SlotLimiter, request: AcquireRequest, now: number): Promise<Permit> {
  return new Promise((grant, reject) => {
    const refuse = (): void => reject(serviceOverloaded(limiter.retryAfterSeconds()));
    const deadline = now + (request.deadlineMs ?? deadlineMsDefault);
    if (limiter.wait({ class: request.class, deadline, grant, refuse }, now) !== undefined) refuse();
  });
}

const processClock: LimiterClock = {
  now: () => performance.now(),
  random: Math.random,
  watch: (look, everyMs) => {
    const timer = setInterval(look, everyMs).unref();
    return () => clearInterval(timer);
  },
};
