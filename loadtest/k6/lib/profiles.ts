import type { Options, Scenario } from 'k6/options';
import { settings } from './settings.ts';
import { thresholdsOf } from './thresholds.ts';

/** How the offered rate is divided, and the longest duration of one iteration of each scenario, in seconds. */
const profiles = {
  browse: { share: 0.7, longestSeconds: 2 },
  checkout: { share: 0.2, longestSeconds: 10 },
  door: { share: 0.1, longestSeconds: 2 },
} as const;

export type ScenarioName = keyof typeof profiles;

const gracefulStop = '45s';
const virtualUsersMax = 5000;

/**
 * The options of a run. The load is open: iterations begin at the offered rate whatever the service answers. Iterations
 * that could not begin count as dropped and fail the run.
 */
export function runOptions(): Options {
  const names = settings.scenarios.map(scenarioName);
  return {
    scenarios: Object.fromEntries(names.map((name) => [name, scenario(name, names)])),
    thresholds: thresholdsOf(settings),
    setupTimeout: '120s',
    discardResponseBodies: false,
    noConnectionReuse: false,
    userAgent: 'antre-loadtest',
    summaryTrendStats: ['avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
  };
}

/** Iterations of one scenario begun per second. */
export function rateOf(name: ScenarioName): number {
  const names = settings.scenarios.map(scenarioName);
  const whole = names.reduce((sum, one) => sum + profiles[one].share, 0);
  return (settings.rate * profiles[name].share) / whole;
}

function scenarioName(name: string): ScenarioName {
  if (name === 'browse' || name === 'checkout' || name === 'door') return name;
  throw new Error(`SCENARIOS must be some of ${Object.keys(profiles).join(', ')}, separated by commas`);
}

function scenario(name: ScenarioName, all: readonly ScenarioName[]): Scenario {
  const perTenSeconds = Math.max(1, Math.round(rateOf(name) * 10));
  const users = Math.min(virtualUsersMax, Math.ceil(rateOf(name) * profiles[name].longestSeconds) + 5);
  const shared = {
    exec: name,
    timeUnit: '10s',
    preAllocatedVUs: users,
    maxVUs: Math.min(virtualUsersMax, users * 4),
    gracefulStop,
    tags: { scenario_kind: name },
  } as const;
  // The door does not ramp: it opens at once. A single scenario is also held at its rate from the start.
  if (name === 'door' || all.length === 1) {
    const duration = `${settings.durationSeconds}s`;
    return { ...shared, executor: 'constant-arrival-rate', rate: perTenSeconds, duration };
  }
  return {
    ...shared,
    executor: 'ramping-arrival-rate',
    startRate: 0,
    stages: [
      { target: perTenSeconds, duration: `${settings.rampSeconds}s` },
      { target: perTenSeconds, duration: `${settings.durationSeconds}s` },
    ],
  };
}
