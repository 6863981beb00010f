import type { Options, Scenario } from 'k6/options';
import { type SentClass, mix } from '../../bench/surge/mix.ts';
import { settings } from './settings.ts';
import { thresholdsOf } from './thresholds.ts';

/** The classes that begin iterations of their own, and the longest duration of one, in seconds. */
const scenarios = {
  visit: { class: 'browse', longestSeconds: 0.5 },
  // Every second buyer waits, and reads the order again.
  buy: { class: 'orders', longestSeconds: 4 },
  door: { class: 'check-ins', longestSeconds: 0.5 },
  join: { class: 'joins', longestSeconds: 0.5 },
} as const satisfies Record<string, { readonly class: SentClass; readonly longestSeconds: number }>;

/** How many of the placed orders are read again. */
export const readAgainShare = mix.status.share / mix.orders.share;

const measured = ['browse', 'orders', 'status', 'check-ins', 'joins'] as const satisfies readonly SentClass[];
const gracefulStop = '15s';
const virtualUsersMax = 3000;
/** Virtual users in reserve: each has a network of its own, and a moment's delay must not limit a network. */
const virtualUsersMin = 20;

/** The options of a run at `RATE` requests of the mix per second, callbacks of the sandbox included. */
export function surgeOptions(): Options {
  return {
    scenarios: Object.fromEntries(
      Object.entries(scenarios).map(([name, { class: of, longestSeconds }]) => [
        name,
        scenario(name, settings.rate * mix[of].share, longestSeconds),
      ]),
    ),
    thresholds: {
      ...thresholdsOf(settings),
      ...Object.fromEntries(measured.map((name) => [`http_req_duration{class:${name}}`, ['p(95)<200']])),
    },
    setupTimeout: '120s',
    userAgent: 'antre-loadtest',
    summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'],
  };
}

function scenario(name: string, perSecond: number, longestSeconds: number): Scenario {
  const users = Math.min(virtualUsersMax, Math.ceil(perSecond * longestSeconds) + virtualUsersMin);
  return {
    exec: name,
    executor: 'constant-arrival-rate',
    rate: Math.max(1, Math.round(perSecond * 10)),
    timeUnit: '10s',
    duration: `${settings.durationSeconds}s`,
    preAllocatedVUs: users,
    maxVUs: Math.min(virtualUsersMax, users * 2),
    gracefulStop,
  };
}
