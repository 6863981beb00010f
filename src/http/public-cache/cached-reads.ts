import type { RedisClient } from '../../platform/redis-client.ts';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { serviceUnavailable } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { orAfter } from '../../platform/resilience/deadline.ts';
import { lagKnownWithinMs } from '../../platform/database/replica.ts';
import { type Built, buildRead } from './build.ts';
import { openChangeFeed } from './changes.ts';
import { type RecentChanges, createRecentChanges } from './recent.ts';
import { type Entry, newEntry } from './entry.ts';
import type { Read } from './kind.ts';
import { type ReadMemory, createReadMemory } from './memory.ts';
import { changesSeen } from './metrics.ts';
import { type AbsentAnswers, createAbsentAnswers } from './absent.ts';
import { type Asked, type Found, type ReadAnswer, type Source, answerTo, respond } from './response.ts';

/**
 * Public answers as bytes: in this process, else in Redis, else made from Postgres.
 *
 * Promises
 * 1. At most one rebuild per key at a time: in a process always, over all processes while Redis is available.
 * 2. All processes see a pushed change at once. Without the push, bytes expire at the end of their lifetime.
 * 3. What was rendered before a change is never stored as current after it.
 * 4. While Redis or Postgres is away, the last good bytes are sent for five minutes, marked stale.
 * 5. Memory is bounded, and so are remembered misses, concurrent rebuilds, every wait, and the part of Redis that
 *    invented addresses can fill.
 * 6. An answer depends on the key and the accepted encoding, and on nothing else of the request.
 *
 *   (nothing) --startFlight--> current --refreshFrom passed, startFlight in the background--> current
 *                                 | currentUntil passed, or changed()
 *                                 v
 *                             outdated --startFlight--> current | missing
 *                                 | the flight is slow or failed
 *                                 v
 *                             last good, sent as stale until lastGoodUntil
 */
export type CachedReads = {
  /**
   * The answer from memory, without waiting: fresh bytes, last good ones while a rebuild is slow or failed, or `missing`.
   * Undefined if the caller must wait in `answer`.
   */
  atHand(key: string, request: Request): Response | 'missing' | undefined;
  /** The same without Request and Response objects. */
  plainAtHand(key: string, asked: Asked): ReadAnswer | 'missing' | undefined;
  /** @throws `read.missing()`, or DomainError service.unavailable if there are no bytes at all. */
  answer(read: Read, request: Request): Promise<Response>;
  /** Call this after a commit: everything under these tags is outdated, here at once and in all processes by push. */
  changed(tags: readonly string[]): Promise<void>;
  close(): void;
};

/** Size of all public answers in one process. Small ones are counted twice, because they are also kept as texts. */
const memoryBytesMaxDefault = 48 * 1024 * 1024;
const staleAfterMsDefault = 200;
/** The pause after a failed rebuild. */
const retryAfterMs = 1000;
/** How often a rebuild starts over because a change arrived while it ran. */
const rebuildsMax = 3;

type Flight = { readonly promise: Promise<Entry | undefined>; readonly startedAt: number; source: Source };
type State = {
  readonly redis: RedisClient;
  readonly log: Log;
  readonly memory: ReadMemory;
  readonly absent: AbsentAnswers;
  readonly recent: RecentChanges;
  readonly flights: Map<string, Flight>;
  readonly staleAfterMs: number;
};

export function createCachedReads(deps: {
  redis: RedisClient;
  log: Log;
  memoryBytesMax?: number;
  /** The largest lag of a replica that is still read. */
  replicaLagMaxMs?: number;
  /** The longest wait of a request for newer bytes if there are last good ones. */
  staleAfterMs?: number | undefined;
}): CachedReads {
  const state: State = {
    redis: deps.redis,
    log: deps.log,
    memory: createReadMemory(deps.memoryBytesMax ?? memoryBytesMaxDefault),
    absent: createAbsentAnswers(),
    recent: createRecentChanges((deps.replicaLagMaxMs ?? 0) + lagKnownWithinMs),
    flights: new Map(),
    staleAfterMs: deps.staleAfterMs ?? staleAfterMsDefault,
  };
  const feed = openChangeFeed({
    redis: deps.redis,
    log: deps.log,
    onChange: (tags) => outdate(state, tags),
    onGap: () => suspectAll(state),
  });
  return {
    atHand: (key, request) => {
      const found = find(state, key);
      return typeof found === 'object' ? respond(request, found) : found;
    },
    plainAtHand: (key, asked) => {
      const found = find(state, key);
      return typeof found === 'object' ? answerTo(asked, found) : found;
    },
    answer: (read, request) => answer(state, read, request),
    changed: (tags) => feed.push(tags),
    close: () => feed.close(),
  };
}

/** The answer in memory under a key, counted as served. */
function find(state: State, key: string): Found | 'missing' | undefined {
  const now = performance.now();
  const entry = state.memory.get(key);
  if (entry === undefined) return state.absent.reason(key, now) === 'missing' ? 'missing' : undefined;
  if (now < entry.currentUntil) {
    if (now >= entry.refreshFrom && now >= entry.retryFrom && !state.flights.has(key)) {
      startFlight(state, entry.read).promise.catch(() => {});
    }
    entry.read.kind.metrics.served.memory.inc();
    return { entry, source: 'memory', now };
  }
  if (now >= entry.lastGoodUntil) return undefined;
  const flight = state.flights.get(key);
  const isSlow = flight !== undefined && now - flight.startedAt >= state.staleAfterMs;
  return isSlow || now < entry.retryFrom ? findStale(entry, now) : undefined;
}

function findStale(entry: Entry, now: number): Found {
  entry.read.kind.metrics.served.stale.inc();
  return { entry, source: 'stale', now };
}

async function answer(state: State, read: Read, request: Request): Promise<Response> {
  const { served } = read.kind.metrics;
  const ready = find(state, read.key);
  if (typeof ready === 'object') return respond(request, ready);
  const absent = ready ?? state.absent.reason(read.key, performance.now());
  if (absent === 'missing') return refuse(served.missing, read.missing());
  if (absent === 'unavailable') return refuse(served.refused, serviceUnavailable());
  const joined = state.flights.get(read.key);
  const flight = joined ?? startFlight(state, read);
  const lastGood = state.memory.get(read.key);
  try {
    const entry =
      lastGood !== undefined && performance.now() < lastGood.lastGoodUntil
        ? await orAfter(
            Math.max(0, flight.startedAt + state.staleAfterMs - performance.now()),
            flight.promise.catch(() => lastGood),
            () => lastGood,
          )
        : await flight.promise;
    if (entry === undefined) return refuse(served.missing, read.missing());
    const now = performance.now();
    if (entry === lastGood || flight.source === 'stale') return respond(request, findStale(entry, now));
    served[flight.source === 'shared' ? 'shared' : 'database'].inc();
    const source = joined !== undefined && flight.source === 'built' ? 'collapsed' : flight.source;
    return respond(request, { entry, source, now });
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return refuse(served.refused, serviceUnavailable(error));
  }
}

function refuse(count: { inc(): void }, error: Error): never {
  count.inc();
  throw error;
}

function startFlight(state: State, read: Read): Flight {
  const flight: Flight = { startedAt: performance.now(), source: 'built', promise: Promise.resolve(undefined) };
  const promise = fly(state, read, flight).finally(() => {
    if (state.flights.get(read.key) === flight) state.flights.delete(read.key);
  });
  const started = Object.assign(flight, { promise });
  state.flights.set(read.key, started);
  return started;
}

/**
 * Rebuilds until no change came in between. A flight that a change has replaced gives its answer only to its own waiters.
 */
async function fly(state: State, read: Read, flight: Flight): Promise<Entry | undefined> {
  const previous = state.memory.get(read.key);
  try {
    for (let builds = 1; ; builds += 1) {
      const since = state.recent.sequence;
      const changedLately = (tag: string) => state.recent.isRecent(tag, performance.now());
      const built = await buildRead({ redis: state.redis, changedLately }, read, previous?.answer);
      const tags = built.source === 'missing' ? built.tags : [built.tag];
      const isOutdated = state.recent.changedSince(tags, since);
      const isReplaced = state.flights.get(read.key) !== flight;
      if (isOutdated && !isReplaced && builds < rebuildsMax) continue;
      return keep(state, read, flight, built, { store: !isReplaced, isOutdated });
    }
  } catch (error) {
    const now = performance.now();
    if (previous === undefined) state.absent.remember(read.key, 'unavailable', [], now);
    else previous.retryFrom = now + retryAfterMs;
    if (!isUnavailable(error))
      state.log.error({ err: error, kind: read.kind.name }, 'a public read could not be rendered');
    throw error;
  }
}

function keep(
  state: State,
  read: Read,
  flight: Flight,
  built: Built,
  { store, isOutdated }: { store: boolean; isOutdated: boolean },
): Entry | undefined {
  const now = performance.now();
  if (built.source === 'missing') {
    if (store) {
      state.memory.delete(read.key);
      state.absent.remember(read.key, 'missing', built.tags, now);
    }
    return undefined;
  }
  const entry = newEntry(read, built, now);
  if (isOutdated || built.source === 'last-good') entry.currentUntil = 0;
  if (built.source === 'last-good') entry.retryFrom = now + retryAfterMs;
  flight.source = built.source === 'last-good' ? 'stale' : built.source;
  if (store) state.memory.set(entry);
  return entry;
}

/** Handles a change: nothing under the tags is current, and earlier flights get no new waiters. */
function outdate(state: State, tags: readonly string[]): void {
  changesSeen.inc();
  state.recent.note(tags, performance.now());
  state.absent.forget(tags);
  for (const entry of state.memory.entries()) {
    if (!tags.includes(entry.tag)) continue;
    entry.currentUntil = 0;
    entry.retryFrom = 0;
    state.flights.delete(entry.read.key);
  }
}

/** Changes may have been missed, so each answer is refreshed in the background when it is next used. */
function suspectAll(state: State): void {
  for (const entry of state.memory.entries()) entry.refreshFrom = 0;
}
