import { DomainError } from '../../platform/errors.ts';
import type { GroupCommit } from '../../platform/database/group-commit.ts';
import { counter } from '../../platform/metrics.ts';
import type { ConcurrencyLimiter } from '../concurrency/index.ts';
import { type RouteClass, classNames } from '../route-rules.ts';
import type { Shedder } from '../shedding/shedder.ts';

/**
 * One lane may have at most four times the free slots in flight. One busy lane gets four fifths of the slots, two get
 * four ninths each, and a lane that begins always finds a free slot. (Dynamic thresholds, as switches share memory
 * between their ports: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998.) Orders for one busy event
 * are therefore refused before the limit that all events share is full: the shared limit refuses by class, whatever the
 * event.
 */
const freeFactor = 4;
/** A lane with fewer items in flight is never refused here. */
const laneMin = 4;
/** The limit changes twice a second; the part that scans and callbacks use may change sooner. */
const roomReadEveryMs = 100;

const refused = counter(
  'per_event_limit_refused_total',
  'Items refused because their lane, one event for orders, is at its limit',
  ['class'],
);

/**
 * A group commit whose lanes leave slots of a shared limit to each other.
 * @param told.refusedIn is told of each refusal by its lane
 */
export function limitPerEvent<Item, Result>(
  group: GroupCommit<Item, Result>,
  limiter: Pick<ConcurrencyLimiter, 'state' | 'retryAfterSeconds' | 'refusedBefore'>,
  routeClass: RouteClass,
  told: Pick<Shedder, 'refusedLater'> & { readonly refusedIn?: (lane: string) => void },
): GroupCommit<Item, Result> {
  const labels = { class: classNames[routeClass] };
  const inFlight = new Map<string, number>();
  let total = 0;
  let room = limiter.state.limit;
  let roomReadAt = performance.now();

  /** The slots that all lanes of the group may use together. */
  const roomNow = (): number => {
    const now = performance.now();
    if (now - roomReadAt > roomReadEveryMs) {
      const { limit, inflight } = limiter.state;
      room = limit - Math.max(inflight - total, 0);
      roomReadAt = now;
    }
    return room;
  };

  const leave = (lane: string): void => {
    total -= 1;
    const left = (inFlight.get(lane) ?? 1) - 1;
    if (left === 0) inFlight.delete(lane);
    else inFlight.set(lane, left);
  };

  const fullFor = (lane: string): DomainError | undefined => {
    const own = inFlight.get(lane) ?? 0;
    if (own < laneMin || own < freeFactor * (roomNow() - total)) return undefined;
    refused.inc(labels);
    limiter.refusedBefore(routeClass);
    told.refusedLater(routeClass);
    told.refusedIn?.(lane);
    return overEventLimit(limiter.retryAfterSeconds());
  };

  return {
    ...group,
    fullFor,
    submit: async (lane, item) => {
      const refusal = fullFor(lane);
      if (refusal !== undefined) throw refusal;
      inFlight.set(lane, (inFlight.get(lane) ?? 0) + 1);
      total += 1;
      try {
        return await group.submit(lane, item);
      } finally {
        leave(lane);
      }
    },
  };
}

/** The detail of a refusal by the per-event limit. */
export const eventLimitDetail = 'Too many requests for this event; try again shortly.';
const eventLimitRefusals = new Map<number, DomainError>();

/** One error per value of Retry-After: there are few values, and the stack trace of a refusal says nothing. */
function overEventLimit(retryAfterSeconds: number): DomainError {
  const known = eventLimitRefusals.get(retryAfterSeconds);
  if (known !== undefined) return known;
  const refusal = new DomainError('service.overloaded', eventLimitDetail, { retryAfterSeconds });
  eventLimitRefusals.set(retryAfterSeconds, refusal);
  return refusal;
}
