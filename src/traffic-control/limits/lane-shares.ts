import { DomainError } from '../../platform/errors.ts';
import type { GroupCommit } from '../../platform/database/group-commit.ts';
import { counter } from '../../platform/metrics.ts';
import type { ConcurrencyLimiter } from '../concurrency/index.ts';
import type { RouteClass } from '../route-rules.ts';
import type { Shedder } from '../shedding/shedder.ts';

/**
 * What one lane may have in flight of what all lanes together may: as long as it has less than four times what is
 * free. One busy lane gets four fifths, two get four ninths each, and there is always room for one that begins. (Dynamic
 * thresholds, as switches share memory between their ports: Choudhury and Hahne, IEEE/ACM Transactions on Networking
 * 6(2), 1998.) So the crowd of one event is refused by itself, before the limit that all events share is full: that one
 * refuses by class, and would refuse everybody.
 */
const freeFactor = 4;
/** A lane with fewer is never refused here. */
const laneMin = 4;
/** The limit changes twice a second; what scans and callbacks take of it may change sooner. */
const roomReadEveryMs = 100;

const refused = counter('lane_share_refused_total', 'Items refused because their lane has its share already', [
  'class',
]);

/** A group commit whose lanes leave room for each other within a limit. */
export function shareLanes<Item, Result>(
  group: GroupCommit<Item, Result>,
  limiter: Pick<ConcurrencyLimiter, 'state' | 'retryAfterSeconds' | 'refusedBefore'>,
  routeClass: RouteClass,
  shedder: Pick<Shedder, 'refusedLater'>,
): GroupCommit<Item, Result> {
  const labels = { class: `C${routeClass}` };
  const inFlight = new Map<string, number>();
  let total = 0;
  let room = limiter.state.limit;
  let roomReadAt = performance.now();

  /** What all lanes of the group may have together. */
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
    shedder.refusedLater(routeClass);
    return crowded(limiter.retryAfterSeconds());
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

/** What the crowd of an event is told. */
export const crowdedDetail = 'Too much is asked for this event now; try again shortly.';
const crowdedRefusals = new Map<number, DomainError>();

/** One for all who are told to come back after the same seconds, of which there are few: where it was made says nothing. */
function crowded(retryAfterSeconds: number): DomainError {
  const known = crowdedRefusals.get(retryAfterSeconds);
  if (known !== undefined) return known;
  const refusal = new DomainError('service.overloaded', crowdedDetail, { retryAfterSeconds });
  crowdedRefusals.set(retryAfterSeconds, refusal);
  return refusal;
}
