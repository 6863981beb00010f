/** The settings of a run from its environment (`k6 run -e NAME=value`, or `npm run loadtest`, which passes all of them). */
export type Settings = {
  readonly api: string;
  readonly sandbox: string;
  /** Iterations begun per second, over all scenarios; of the profile `surge` the requests of the mix per second. */
  readonly rate: number;
  /** How long that rate is held. */
  readonly durationSeconds: number;
  readonly rampSeconds: number;
  /** Number of client networks that requests seem to come from; 1 sends no X-Forwarded-For. */
  readonly networks: number;
  readonly scenarios: readonly string[];
  /** When a buyer pays, after the gateway has created the payment. */
  readonly payAfterMs: number;
  /** Where the figures of the profile `surge` are written. */
  readonly summaryFile: string | undefined;
};

const environment: Readonly<Record<string, string | undefined>> = __ENV;

export const settings: Settings = {
  api: address('API', 'http://127.0.0.1:3000'),
  sandbox: address('SANDBOX', 'http://127.0.0.1:4000'),
  rate: atLeast('RATE', 10, 1),
  durationSeconds: seconds('DURATION', '30s'),
  rampSeconds: seconds('RAMP', '5s'),
  networks: atLeast('NETWORKS', 1, 1),
  scenarios: (environment['SCENARIOS'] ?? 'browse,checkout,door').split(','),
  payAfterMs: atLeast('PAY_AFTER_MS', 300, 0),
  summaryFile: environment['SUMMARY_FILE'],
};

function address(name: string, fallback: string): string {
  return (environment[name] ?? fallback).replace(/\/+$/, '');
}

function atLeast(name: string, fallback: number, min: number): number {
  const value = Number(environment[name] ?? fallback);
  if (!Number.isFinite(value) || value < min) throw new Error(`${name} must be a number of at least ${min}`);
  return value;
}

function seconds(name: string, fallback: string): number {
  const [, count, unit] = /^(\d+)(s|m|h)$/.exec(environment[name] ?? fallback) ?? [];
  if (count === undefined) throw new Error(`${name} must be a duration such as 30s, 5m or 1h`);
  return Number(count) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1);
}
