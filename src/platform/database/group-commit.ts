import { type DomainError, serviceOverloaded, serviceUnavailable } from '../errors.ts';
import { flushItems } from './group-commit-flush.ts';
import {
  type GroupCommitOptions,
  type Lane,
  type Waiting,
  createPauses,
  mayFlush,
  openLane,
  takeBatch,
} from './group-commit-lane.ts';
import { counter, gauge } from '../metrics.ts';
import { currentScope, detached, traced } from '../tracing/scope.ts';

export type { GroupCommitOptions } from './group-commit-lane.ts';

/**
 * Group commit. Concurrent writes to one lane are collected while the lane's previous flush is in flight. The next
 * flush writes them together: many writes in one round trip and one fsync. A lone write is flushed at once, and batches
 * grow under load. (Natural batching, as in the hot-row groups of PolarDB and the two-phase
 * batches of TigerBeetle.)
 *
 * Promises:
 *
 * 1. One flush per lane at a time; a lane flushes items in order of arrival. With `ahead`, one more flush is sent while
 *    the first is in flight, as soon as enough items wait. It is ready when the first one ends, so the database does
 *    not wait for our event loop between two batches. `flush` must then take turns by a lock of the lane.
 * 2. No batch holds two items with a common key (`keysOf`); the later item waits for the next batch.
 * 3. An item waits at most `deadlineMs` before its flush starts, and a lane holds at most `queueMax` items. Beyond
 *    either, the item is refused with `service.overloaded`. While the lane's flush hangs, the refusal may take a tenth
 *    longer.
 * 4. A failed batch is halved until the bad item fails alone. A transaction conflict is run again. A batch with an
 *    unknown outcome is sent again unchanged, so `flush` must be safe to repeat with the same items.
 * 5. With `answerMs`, callers whose flush hangs get `service.unavailable` after about this time. The item may still be
 *    written: only the same item may be sent again.
 * 6. Lanes take turns: a busy lane does not keep another from the next free flush.
 * 7. With `everyMs`, items of one turn of the event loop go together, and a busy lane pauses between flushes: fewer and
 *    larger calls. The fixed part of a call (its round trips, plans and flush to disk) is several times the part of an
 *    item. A quiet lane waits only for the end of the turn, and `enough` items do not wait for the end of the pause.
 */
export type GroupCommit<Item, Result> = {
  /** @throws DomainError service.overloaded or service.unavailable; or what `flush` threw for this item alone. */
  submit(lane: string, item: Item): Promise<Result>;
  /**
   * The error that `submit` would throw because the lane is at its limit, asked before the item is made. It counts as a
   * refusal. Only groups whose lanes share a limit have it.
   */
  fullFor?(lane: string): DomainError | undefined;
  /** Waits until nothing is queued or in flight. */
  drain(): Promise<void>;
};

/** Scans for items past their deadline, per deadline. */
const looksPerDeadline = 10;
/** A flush that takes longer hangs: it has been sent again, or soon will be. */
const hangingMs = 400;

const refused = counter('group_commit_refused_total', 'Items refused because the lane was full or the wait too long', [
  'group',
]);
const abandoned = counter('group_commit_abandoned_total', 'Items whose flush hung; some may have been written', [
  'group',
]);
const queued = gauge('group_commit_queued', 'Items that wait for their flush', ['group']);

export function createGroupCommit<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  const labels = { group: options.name };
  const lanes = new Map<string, Lane<Item, Result>>();
  const ready: Lane<Item, Result>[] = [];
  let flushes = 0;
  const idle: (() => void)[] = [];
  let watch: NodeJS.Timeout | undefined;

  const makeReady = (lane: Lane<Item, Result>): void => {
    if (lane.ready || !mayFlush(lane, options) || pauses.holds(lane)) return;
    lane.ready = true;
    ready.push(lane);
  };

  /** A lane in its pause is kept, because the pause also holds for the next item. */
  const forgetIfUnused = (lane: Lane<Item, Result>): void => {
    if (lane.flushes.size === 0 && !pauses.holds(lane)) lanes.delete(lane.name);
  };

  const startFlushes = (): void => {
    while (flushes < options.flushesMax) {
      const lane = ready.shift();
      if (lane === undefined) return;
      lane.ready = false;
      // The last free flush is for a lane that has none in flight. While other lanes write, a busy lane has one flush,
      // as they do.
      const othersWrite = flushes > lane.flushes.size || ready.length > 0;
      if (lane.flushes.size > 0 && (othersWrite || flushes + 1 >= options.flushesMax)) continue;
      refuseLate(lane, options);
      const batch = takeBatch(lane, options);
      queued.dec(labels, batch.length);
      // A batch is the work of many requests, not only of the one that started it.
      if (batch.length > 0) void detached(() => flushLane(lane, batch));
      else forgetIfUnused(lane);
    }
  };

  const flushLane = async (lane: Lane<Item, Result>, batch: Waiting<Item, Result>[]): Promise<void> => {
    const flush = { waiting: batch, since: performance.now() };
    pauses.begin(lane);
    lane.flushes.add(flush);
    flushes += 1;
    watch ??= watchLanes(lanes, options);
    await flushItems(options, lane.name, batch);
    lane.flushes.delete(flush);
    flushes -= 1;
    if (lane.queue.length > 0) makeReady(lane);
    else forgetIfUnused(lane);
    startFlushes();
    if (flushes > 0 || ready.length > 0 || isAnyQueued(lanes)) return;
    clearInterval(watch);
    watch = undefined;
    for (const wake of idle.splice(0)) wake();
  };

  const pauses = createPauses<Item, Result>(options, (lane) => {
    if (lane.queue.length === 0) forgetIfUnused(lane);
    makeReady(lane);
    startFlushes();
  });

  return {
    submit: withWaitTraced(options.name, (laneName, item) => {
      const lane = lanes.get(laneName) ?? openLane(laneName);
      if (lane.queue.length >= options.queueMax) {
        refused.inc(labels);
        return Promise.reject(serviceOverloaded(1));
      }
      lanes.set(laneName, lane);
      return new Promise((resolve, reject) => {
        lane.queue.push({ item, since: performance.now(), resolve, reject });
        queued.inc(labels);
        makeReady(lane);
        pauses.inThisTurn(startFlushes);
      });
    }),
    drain: () =>
      flushes === 0 && !isAnyQueued(lanes) ? Promise.resolve() : new Promise((resolve) => idle.push(resolve)),
  };
}

/** Records the wait of an item in the trace that submits it. */
function withWaitTraced<Item, Result>(
  name: string,
  submit: (lane: string, item: Item) => Promise<Result>,
): typeof submit {
  return (lane, item) =>
    currentScope()?.trace === undefined
      ? submit(lane, item)
      : traced(`commit ${name}`, 'client', { 'antre.lane': lane }, () => submit(lane, item));
}

function isAnyQueued<Item, Result>(lanes: ReadonlyMap<string, Lane<Item, Result>>): boolean {
  return [...lanes.values()].some((lane) => lane.queue.length > 0);
}

/** While a flush hangs no batch is taken, and waiting callers must still be told in time. */
function watchLanes<Item, Result>(
  lanes: ReadonlyMap<string, Lane<Item, Result>>,
  options: GroupCommitOptions<Item, Result>,
): NodeJS.Timeout {
  return setInterval(() => {
    for (const lane of lanes.values()) {
      refuseLate(lane, options);
      abandonHanging(lane, options);
    }
  }, options.deadlineMs / looksPerDeadline).unref();
}

/** Refuses items past their deadline. They are in front, because a lane keeps the order of arrival. */
function refuseLate<Item, Result>(lane: Lane<Item, Result>, options: GroupCommitOptions<Item, Result>): void {
  const oldest = performance.now() - options.deadlineMs;
  if (lane.queue[0] === undefined || lane.queue[0].since >= oldest) return;
  const firstInTime = lane.queue.findIndex((waiting) => waiting.since >= oldest);
  const late = lane.queue.splice(0, firstInTime < 0 ? lane.queue.length : firstInTime);
  queued.dec({ group: options.name }, late.length);
  refused.inc({ group: options.name }, late.length);
  for (const waiting of late) waiting.reject(serviceOverloaded(1));
}

/** Tells callers whose flush hangs that the outcome is unknown. A later result of the flush is dropped. */
function abandonHanging<Item, Result>(
  { flushes }: Lane<Item, Result>,
  { answerMs, name }: GroupCommitOptions<Item, Result>,
): void {
  if (answerMs === undefined) return;
  const now = performance.now();
  for (const flush of flushes) {
    if (now - flush.since < Math.min(hangingMs, answerMs)) continue;
    const late = flush.waiting.filter((waiting) => waiting.since < now - answerMs);
    if (late.length === 0) continue;
    flush.waiting = flush.waiting.filter((waiting) => waiting.since >= now - answerMs);
    abandoned.inc({ group: name }, late.length);
    for (const waiting of late) waiting.reject(serviceUnavailable());
  }
}
