import type { RedisClient } from '../platform/redis-client.ts';
import type { Log } from '../platform/log.ts';
import { figureEveryMs, figureIdleMs, figureRestFactor, figureTickMs, figuresAtOnce } from './limits.ts';
import type { Draft, MessageName, Topic } from './messages.ts';
import { figureSeconds } from './metrics.ts';

/** A document as JSON. `isStale`: its source had nothing newer at hand, so it is not published, and computed again. */
export type Computed = { readonly data: string; readonly isStale?: boolean };

/** A document that is computed while somebody listens, such as the sales of an event. */
export type Figure = {
  readonly topic: Topic;
  readonly name: MessageName;
  /** The document; undefined if there is none. */
  readonly compute: () => Promise<Computed | undefined>;
  /** Whether clients with the one document need not be sent the other. Without it every document is published. */
  readonly isSame?: (one: string, other: string) => boolean;
  /** How long its source may lag behind a change: it is computed again until then. Default: 0. */
  readonly lagMs?: number;
  /** Whether its source bounds its own cost, as the public reads do. Then it never pauses longer for being slow. */
  readonly isBounded?: boolean;
  /** Whether time alone changes it; then it is computed each second. */
  readonly changesByItself?: boolean;
};

export type Figures = {
  watch(figures: readonly Figure[]): void;
  unwatch(topic: Topic): void;
  /** Something has changed that the figures of this topic show. */
  outdate(topic: Topic): void;
  outdateAll(): void;
  /** Another process, or this one, has published the figure. */
  arrived(figure: Pick<Draft, 'topic' | 'name' | 'tookMs'>): void;
  close(): void;
};

type Watched = {
  readonly figure: Figure;
  isOutdated: boolean;
  outdatedAt: number;
  isRunning: boolean;
  /** There is no such document now: time alone makes none. */
  isAbsent: boolean;
  restMs: number;
  lastAt: number;
};

type Deps = {
  readonly redis: RedisClient;
  readonly log: Log;
  readonly latest: (topic: Topic, name: string) => { readonly data: string } | undefined;
  readonly publish: (drafts: readonly Draft[]) => void;
};

/**
 * Computes the figures of topics with listeners, and publishes those that have changed. Of all processes, one computes
 * a figure in a second: an expiring key in Redis gives the turn. A slow figure pauses longer, so that it uses at most a
 * twentieth of a connection. One from the public reads does not: it would only show changes later while the service is
 * busy. Known changes come first, and of them what has rested longest, so that listeners of many events delay none.
 * Without Redis nothing is computed, because nothing could be published.
 */
export function createFigures(deps: Deps): Figures {
  const watched = new Map<Topic, Watched[]>();
  let running = 0;

  const run = async (one: Watched): Promise<void> => {
    one.isRunning = true;
    one.lastAt = performance.now();
    one.isOutdated = one.lastAt - one.outdatedAt < (one.figure.lagMs ?? 0);
    running += 1;
    try {
      const isOurs = await compute(deps, one);
      // Until the other process has published it, or is gone.
      if (!isOurs) one.isOutdated = true;
    } catch (error) {
      one.isOutdated = true;
      deps.log.warn({ err: error, figure: one.figure.name }, 'a live figure was not computed');
    } finally {
      one.isRunning = false;
      running -= 1;
    }
  };
  /** Figures that are due, in order. When one ends, the next begins, so the timer does not limit how many run in a second. */
  let queue: Watched[] = [];
  const runNext = (): void => {
    while (running < figuresAtOnce && deps.redis.status === 'ready') {
      const next = queue.shift();
      if (next === undefined) return;
      const isWatched = watched.get(next.figure.topic)?.includes(next) === true;
      if (isWatched && isDue(next, performance.now())) void run(next).then(runNext);
    }
  };
  const timer = setInterval(() => {
    queue = dueInOrder([...watched.values()].flat());
    runNext();
  }, figureTickMs);
  timer.unref();

  return {
    watch: (figures) => {
      for (const figure of figures) {
        const own = watched.get(figure.topic) ?? [];
        own.push(watchedFromNow(figure));
        watched.set(figure.topic, own);
      }
    },
    unwatch: (topic) => void watched.delete(topic),
    outdate: (topic) => {
      for (const one of watched.get(topic) ?? []) markOutdated(one);
    },
    outdateAll: () => {
      for (const figures of watched.values()) for (const one of figures) markOutdated(one);
    },
    arrived: ({ topic, name, tookMs = 0 }) => {
      for (const one of watched.get(topic) ?? []) {
        // The figure was read when its computing began. What changed later, it may not show.
        const isCovered = performance.now() - one.outdatedAt > figureEveryMs + tookMs;
        if (one.figure.name === name && !one.isRunning && isCovered) one.isOutdated = false;
      }
    },
    close: () => {
      clearInterval(timer);
      queue = [];
    },
  };
}

function watchedFromNow(figure: Figure): Watched {
  return {
    figure,
    isOutdated: true,
    outdatedAt: Number.NEGATIVE_INFINITY,
    isRunning: false,
    isAbsent: false,
    restMs: figureEveryMs,
    // Due at once, and not before those that wait longer.
    lastAt: performance.now() - figureEveryMs,
  };
}

function dueInOrder(all: readonly Watched[]): Watched[] {
  const now = performance.now();
  return all
    .filter((one) => isDue(one, now))
    .toSorted((one, other) => Number(other.isOutdated) - Number(one.isOutdated) || one.lastAt - other.lastAt);
}

function markOutdated(one: Watched): void {
  one.isOutdated = true;
  one.outdatedAt = performance.now();
}

function isDue({ figure, isOutdated, isRunning, isAbsent, restMs, lastAt }: Watched, now: number): boolean {
  const isWanted = isOutdated || (figure.changesByItself === true && !isAbsent);
  return !isRunning && now - lastAt >= (isWanted ? restMs : Math.max(figureIdleMs, restMs));
}

/** @returns false if it is another process's turn */
async function compute({ redis, latest, publish }: Deps, one: Watched): Promise<boolean> {
  const { topic, name } = one.figure;
  const key = `antre:live:figure:${topic}:${name}`;
  const turnMs = Math.max(one.restMs - figureTickMs / 2, figureTickMs);
  if ((await redis.set(key, '1', 'PX', Math.round(turnMs), 'NX')) === null) return false;
  const started = performance.now();
  const computed = await one.figure.compute();
  const took = performance.now() - started;
  figureSeconds.observe({ figure: name }, took / 1000);
  one.isAbsent = computed === undefined;
  if (computed?.isStale === true) {
    one.isOutdated = true;
    return true;
  }
  const data = computed?.data;
  one.restMs = one.figure.isBounded === true ? figureEveryMs : Math.max(figureEveryMs, took * figureRestFactor);
  // The other processes pause as long.
  if (one.restMs > figureEveryMs) await redis.pexpire(key, Math.round(one.restMs));
  const before = latest(topic, name)?.data;
  const isKnown = data !== undefined && before !== undefined && one.figure.isSame?.(before, data) === true;
  if (data !== undefined && !isKnown) publish([{ topic, name, data, tookMs: Math.ceil(took) }]);
  return true;
}
