import type { RouteClass } from '../../src/traffic-control/route-rules.ts';
import { type Admission, gradient2, ours, plainGuards, unlimited } from './admission.ts';
import { type Stream, type Tally, createCrowd, percentileOf } from './crowd.ts';
import { type Dependency, createServer } from './dependency.ts';
import { type World, createWorld } from './world.ts';

/** A dependency with twenty slots of a tenth of a second each: 200 answers/s, like a small pool with slow queries. */
export const serverSlots = 20;
const serviceMs = 100;
export const capacityPerSecond = (serverSlots * 1000) / serviceMs;
const serviceSigma = 0.5;

export const rules = {
  ours: (world: World) => ours(world, { slots: serverSlots }),
  'Gradient2, its defaults': gradient2,
  'Vegas with failsafe-go’s guards': (world: World) =>
    plainGuards(world, { initial: serverSlots, min: 4, max: 4 * serverSlots }),
  'no limit': unlimited,
} as const satisfies Record<string, (world: World) => Admission>;

export type RuleName = keyof typeof rules;

export type Interval = {
  /** Seconds of virtual time at its end. */
  readonly at: number;
  readonly limit: number;
  readonly came: number;
  readonly servedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of served clients among those whose fate was decided, by class. */
  readonly success: ReadonlyMap<RouteClass, number>;
};

export type Scenario = {
  readonly seed: number;
  readonly seconds: number;
  readonly everySeconds: number;
  readonly streams: readonly Stream[];
  readonly admission: (world: World) => Admission;
  readonly dependency?: (world: World) => Dependency;
  /** What happens to the dependency. */
  readonly events?: readonly { readonly atSeconds: number; readonly slowness: number }[];
};

export function runScenario(scenario: Scenario): Interval[] {
  const world = createWorld(scenario.seed);
  const dependency = scenario.dependency?.(world) ?? defaultServer(world);
  const admission = scenario.admission(world);
  const crowd = createCrowd(world, scenario.streams, admission, dependency);
  for (const { atSeconds, slowness } of scenario.events ?? [])
    world.at(atSeconds * 1000, () => {
      dependency.slowness = slowness;
    });
  const intervals: Interval[] = [];
  for (let at = scenario.everySeconds; at <= scenario.seconds; at += scenario.everySeconds) {
    world.runUntil(at * 1000);
    intervals.push(intervalOf(at, scenario.everySeconds, admission.limit, crowd.look()));
  }
  return intervals;
}

function intervalOf(at: number, seconds: number, limit: number, tallies: ReadonlyMap<RouteClass, Tally>): Interval {
  const all = [...tallies.values()];
  const latencies = all.flatMap((tally) => tally.latencies);
  const served = all.reduce((sum, tally) => sum + tally.served, 0);
  return {
    at,
    limit,
    came: all.reduce((sum, tally) => sum + tally.came, 0),
    servedPerSecond: served / seconds,
    p50Ms: percentileOf(latencies, 0.5),
    p99Ms: percentileOf(latencies, 0.99),
    success: new Map([...tallies].map(([routeClass, tally]) => [routeClass, shareOf(tally)])),
  };
}

function shareOf({ served, gaveUp }: Tally): number {
  return served + gaveUp === 0 ? 1 : served / (served + gaveUp);
}

const defaultServer = (world: World): Dependency =>
  createServer(world, { slots: serverSlots, service: { meanMs: serviceMs, sigma: serviceSigma } });

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);

const constant = (perSecond: number) => () => perSecond;

/** Half of it orders, half browsing. */
export function mixedLoad(factor: number): Stream[] {
  const whole = capacityPerSecond * factor;
  return [
    { class: 2, perSecond: constant(whole * 0.5) },
    { class: 4, perSecond: constant(whole * 0.5) },
  ];
}

export type Drift = {
  readonly series: readonly { readonly minute: number; readonly limit: number }[];
  readonly start: number;
  readonly end: number;
  /** End by start. */
  readonly ratio: number;
  readonly goodput: number;
  /** Means over ten seconds each, and the longest of them. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

/**
 * Long overload: the limit of the last five minutes beside that of the first five, both as means, once the first minute
 * has passed.
 */
export function simulateDrift(rule: RuleName, options: { seed: number; minutes: number; factor: number }): Drift {
  const intervals = runScenario({
    seed: options.seed,
    seconds: options.minutes * 60,
    everySeconds: 10,
    streams: mixedLoad(options.factor),
    admission: rules[rule],
  });
  const part = Math.min(5, options.minutes / 3) * 60;
  const limitsOf = (from: number, to: number) =>
    mean(intervals.filter(({ at }) => at > from && at <= to).map(({ limit }) => limit));
  const start = limitsOf(60, 60 + part);
  const end = limitsOf(options.minutes * 60 - part, options.minutes * 60);
  const settled = intervals.filter(({ at }) => at > 60);
  return {
    series: Array.from({ length: options.minutes }, (_, minute) => ({
      minute: minute + 1,
      limit: limitsOf(minute * 60, (minute + 1) * 60),
    })),
    start,
    end,
    ratio: end / start,
    goodput: mean(settled.map(({ servedPerSecond }) => servedPerSecond)) / capacityPerSecond,
    p50Ms: mean(settled.map(({ p50Ms }) => p50Ms)),
    p99Ms: mean(settled.map(({ p99Ms }) => p99Ms)),
    maxMs: Math.max(...settled.map(({ p99Ms }) => p99Ms)),
  };
}

/** After a rush, everything must be as before within this time. */
export const recoveredWithinSeconds = 30;

export type Recovery = {
  readonly series: readonly Interval[];
  /** From the end of the rush to the first of five good seconds; undefined if there were none. */
  readonly secondsToNormal: number | undefined;
  /** Answers to clients that still waited for them, during the rush, relative to the capacity. */
  readonly goodputInRush: number;
  readonly normalP99Ms: number;
};

const calmSeconds = 30;
const calmFactor = 0.7;
const watchedSeconds = 90;
const goodInARow = 5;
/** The p99 of one second with 140 answers is its second worst value. Up to this multiple of the calm one is normal. */
const normalFactor = 1.5;

/** Ten times the capacity for a minute, from clients that retry without backoff, and then 0.7 of the capacity. */
export function simulateRecovery(
  rule: RuleName,
  options: { seed: number; factor: number; rushSeconds: number },
): Recovery {
  const rushEnds = calmSeconds + options.rushSeconds;
  const factorAt = (now: number): number =>
    now >= calmSeconds * 1000 && now < rushEnds * 1000 ? options.factor : calmFactor;
  const retry = { pauseMs: 200, timeoutMs: 3000, patienceMs: 5000 };
  const intervals = runScenario({
    seed: options.seed,
    seconds: rushEnds + watchedSeconds,
    everySeconds: 1,
    streams: [
      { class: 2, perSecond: (now) => capacityPerSecond * factorAt(now) * 0.5, retry },
      { class: 4, perSecond: (now) => capacityPerSecond * factorAt(now) * 0.5, retry },
    ],
    admission: rules[rule],
  });
  const calm = intervals.filter(({ at }) => at > 5 && at <= calmSeconds).map(({ p99Ms }) => p99Ms);
  const normalP99Ms = mean(calm);
  const after = intervals.filter(({ at }) => at > rushEnds);
  const isNormal = ({ p99Ms, success }: Interval): boolean =>
    p99Ms <= normalFactor * normalP99Ms && p99Ms > 0 && [...success.values()].every((share) => share >= 0.99);
  const first = after.findIndex(
    (_, index) => after.slice(index, index + goodInARow).every(isNormal) && index + goodInARow <= after.length,
  );
  const rush = intervals.filter(({ at }) => at > calmSeconds && at <= rushEnds);
  return {
    series: intervals,
    secondsToNormal: first < 0 ? undefined : first + 1,
    goodputInRush: mean(rush.map(({ servedPerSecond }) => servedPerSecond)) / capacityPerSecond,
    normalP99Ms,
  };
}
