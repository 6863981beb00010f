import type { RouteClass } from '../../src/traffic-control/route-rules.ts';
import type { Admission } from './admission.ts';
import type { Dependency } from './dependency.ts';
import type { World } from './world.ts';

/** Clients that arrive at a rate, whatever the service does (an open model), and their retries. */
export type Stream = {
  readonly class: RouteClass;
  /** Clients per second at a moment, in milliseconds of virtual time. */
  readonly perSecond: (now: number) => number;
  /**
   * Refused, or without an answer for `timeoutMs`, they retry after `pauseMs` until `patienceMs` are over. If omitted, they
   * do not retry.
   */
  readonly retry?: { readonly pauseMs: number; readonly timeoutMs: number; readonly patienceMs: number };
};

/** The fate of clients of one class in one interval, by when it was decided. */
export type Tally = {
  came: number;
  served: number;
  gaveUp: number;
  /** From arrival to answer, for served clients. */
  latencies: number[];
};

export type Crowd = {
  /** Counts since the last call. */
  look(): ReadonlyMap<RouteClass, Tally>;
};

/** How often a changing rate is evaluated. */
const idleMs = 100;

export function createCrowd(
  world: World,
  streams: readonly Stream[],
  admission: Admission,
  dependency: Dependency,
): Crowd {
  let tallies = new Map<RouteClass, Tally>();
  const tallyOf = (routeClass: RouteClass): Tally => {
    const known = tallies.get(routeClass);
    if (known !== undefined) return known;
    const tally = { came: 0, served: 0, gaveUp: 0, latencies: [] };
    tallies.set(routeClass, tally);
    return tally;
  };

  const tryOnce = (stream: Stream, cameAt: number): void => {
    let isOver = false;
    const end = (): boolean => {
      const isFirst = !isOver;
      isOver = true;
      return isFirst;
    };
    const fail = (): void => {
      if (!end()) return;
      const { retry } = stream;
      if (retry === undefined || world.now + retry.pauseMs - cameAt > retry.patienceMs)
        tallyOf(stream.class).gaveUp += 1;
      else world.after(retry.pauseMs, () => tryOnce(stream, cameAt));
    };
    if (stream.retry !== undefined) world.after(stream.retry.timeoutMs, fail);
    admission.enter(
      stream.class,
      (done) =>
        dependency.call(() => {
          done();
          if (!end()) return;
          const tally = tallyOf(stream.class);
          tally.served += 1;
          tally.latencies.push(world.now - cameAt);
        }),
      fail,
    );
  };

  for (const stream of streams) {
    const next = (): void => {
      const perMs = stream.perSecond(world.now) / 1000;
      if (perMs <= 0) return world.after(idleMs, next);
      world.after(-Math.log(1 - world.random()) / perMs, () => {
        tallyOf(stream.class).came += 1;
        tryOnce(stream, world.now);
        next();
      });
    };
    next();
  }

  return {
    look: () => {
      const seen = tallies;
      tallies = new Map();
      return seen;
    },
  };
}

export function percentileOf(latencies: number[], share: number): number {
  latencies.sort((one, other) => one - other);
  return latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
}
