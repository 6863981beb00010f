import type { RouteClass } from '../route-rules.ts';
import { type AdaptiveLimit, createAdaptiveLimit } from './adaptive-limit.ts';
import { type CallsInFlight, createCallsInFlight, partitionOf } from './partitions.ts';
import { type RefusalCause, createRefusalsSeen } from './refusals-seen.ts';
import { createRetrySpread } from './retry-spread.ts';
import { createWaitLines } from './wait-lines.ts';

/** The result of a call: the dependency answered, it failed, or the duration says nothing about it. */
export type Outcome = 'ok' | 'failed' | 'ignored';

/** A slot of the limiter. */
export type Permit = {
  /** Releases the slot; a second call does nothing. */
  done(outcome: Outcome): void;
};

export type LimiterOptions = {
  /** Calls that the healthy dependency serves at once, such as the connections of a pool. The limit starts here. */
  readonly slots: number;
  /** Calls per slot: 1 for a pool of connections, a part of a batch for a group commit. */
  readonly itemsPerSlot?: number;
  /** Default: 4. */
  readonly slotsMin?: number;
  /** Default: four times `slots`. */
  readonly slotsMax?: number;
  readonly windowMs?: number;
  readonly samplesMin?: number;
  /** While nine of ten calls take less time than this, the limit is not lowered. */
  readonly toleratedMs?: number;
};

/** The source of time and chance; a simulation passes its own. */
export type LimiterClock = {
  now(): number;
  random(): number;
  /** Calls `look` about every `everyMs` until it is stopped. */
  watch(look: () => void, everyMs: number): () => void;
};

export type LimiterState = {
  readonly limit: number;
  readonly inflight: number;
  readonly queued: number;
  readonly baselineMs: number;
  readonly recentMs: number;
  /** Calls in flight by partition (pay, order, rest), and callbacks, which belong to none. */
  readonly used: readonly number[];
  readonly exempt: number;
};

/** A waiting call, which is told the result of its wait. */
export type Waiter = {
  readonly class: RouteClass;
  /** By the limiter's clock. */
  readonly deadline: number;
  grant(permit: Permit): void;
  refuse(cause: RefusalCause): void;
};

/** The limiter without promises and timers. */
export type SlotLimiter = {
  /** A permit if there is a slot for this class and nobody waits before it. */
  begin(routeClass: RouteClass, now: number): Permit | undefined;
  /**
   * Waits for a slot after `begin` had none. Returns a cause of refusal, or nothing if the waiter will be told the
   * result.
   */
  wait(waiter: Waiter, now: number): RefusalCause | undefined;
  /** Whether a call would be refused now. If so, it counts as refused. */
  wouldRefuse(routeClass: RouteClass): boolean;
  /** Counts a call that the caller refused because its share is used up. The limit then counts as reached. */
  refusedBefore(routeClass: RouteClass): void;
  retryAfterSeconds(): number;
  readonly state: LimiterState;
  /** Refusals since the start. */
  refusals(routeClass: RouteClass, cause: RefusalCause): number;
  /** Refuses all waiters. */
  close(): void;
};

const slotsMinDefault = 4;
const slotsMaxFactor = 4;
const lookEveryMs = 5;

/** @see index.ts for its promises */
export function createSlotLimiter(options: LimiterOptions, clock: LimiterClock): SlotLimiter {
  const { itemsPerSlot = 1 } = options;
  const startedAt = clock.now();
  const adaptive = createAdaptiveLimit({ ...options, ...boundsOf(options) }, startedAt);
  const calls = createCallsInFlight(Math.floor(adaptive.slots * itemsPerSlot));
  const spread = createRetrySpread(clock.random, startedAt);
  const seen = createRefusalsSeen();
  let wasFull = false;

  const refused = (routeClass: RouteClass, cause: RefusalCause): RefusalCause => {
    wasFull = true;
    seen.add(routeClass, cause);
    spread.refused();
    return cause;
  };
  const grant = (waiter: Waiter, now: number): void => waiter.grant(permitFor(waiter.class, now));
  const refuse = (waiter: Waiter, cause: RefusalCause): void => waiter.refuse(refused(waiter.class, cause));
  const lines = createWaitLines<Waiter>(calls, { grant, refuse }, startedAt);

  const permitFor = (routeClass: RouteClass, since: number): Permit => {
    calls.enter(routeClass);
    const inUse = calls.inflight / itemsPerSlot;
    return createPermit((outcome) => {
      calls.leave(routeClass);
      end(outcome, since, inUse);
    });
  };

  const end = (outcome: Outcome, since: number, inUse: number): void => {
    const now = clock.now();
    if (outcome === 'ok') {
      adaptive.answered(now - since, inUse);
      spread.served();
    } else if (outcome === 'failed') adaptive.failed(inUse);
    if (adaptive.endWindow(now, wasFull)) {
      calls.limit = Math.floor(adaptive.slots * itemsPerSlot);
      wasFull = lines.queued > 0;
    }
    lines.grant(now);
  };

  const sweep = createSweep(clock, () => {
    lines.refuseLate(clock.now());
    return lines.queued > 0;
  });

  return {
    begin: (routeClass, now) => {
      if (routeClass === 0) return permitFor(0, now);
      const partition = partitionOf(routeClass);
      if (lines.length(partition) > 0 || !calls.mayBegin(partition)) return undefined;
      lines.sawRoom(partition, now);
      return permitFor(routeClass, now);
    },
    wait: (waiter, now) => {
      wasFull = true;
      const cause = lines.join(waiter, now);
      if (cause !== undefined) return refused(waiter.class, cause);
      sweep.start();
      return undefined;
    },
    wouldRefuse: (routeClass) => {
      if (!lines.isHopeless(routeClass, adaptive.perSecond, clock.now)) return false;
      refused(routeClass, 'ahead');
      return true;
    },
    refusedBefore: (routeClass) => void refused(routeClass, 'share'),
    retryAfterSeconds: () => spread.retryAfterSeconds(clock.now()),
    get state() {
      return stateOf(calls, adaptive, lines.queued);
    },
    refusals: (routeClass, cause) => seen.count(routeClass, cause),
    close: () => sweep.end(() => lines.refuseLate(Number.POSITIVE_INFINITY)),
  };
}

function boundsOf({ slots, slotsMin = slotsMinDefault, slotsMax = slots * slotsMaxFactor }: LimiterOptions) {
  return { initial: Math.max(slots, slotsMin), min: slotsMin, max: Math.max(slotsMax, slotsMin) };
}

function createPermit(end: (outcome: Outcome) => void): Permit {
  let ended = false;
  return {
    done: (outcome) => {
      if (ended) return;
      ended = true;
      end(outcome);
    },
  };
}

/** Runs `look` from time to time while it returns that there is more to do. */
function createSweep(clock: LimiterClock, look: () => boolean) {
  let cancel: (() => void) | undefined;
  const stop = (): void => {
    cancel?.();
    cancel = undefined;
  };
  return {
    start: () => {
      cancel ??= clock.watch(() => {
        if (!look()) stop();
      }, lookEveryMs);
    },
    end: (last: () => void) => {
      stop();
      last();
    },
  };
}

function stateOf(calls: CallsInFlight, { baselineMs, recentMs }: AdaptiveLimit, queued: number): LimiterState {
  const { limit, inflight, used, exempt } = calls;
  return { limit, inflight, queued, baselineMs, recentMs, used, exempt };
}
