import { cpus } from 'node:os';
import { z } from 'zod';

const deadlineMs = 5000;

/** The service's metrics of a step: the difference between its end and its beginning. */
export type Figures = {
  /** Requests refused with 429, by policy. */
  readonly limited: Readonly<Record<string, number>>;
  /** Requests refused with 503, by the overloaded part. */
  readonly shed: Readonly<Record<string, number>>;
  /** The 99th percentile of the wait for a connection, in milliseconds, by pool. */
  readonly poolWaitMs: Readonly<Record<string, number>>;
  /** Payments made at the gateway, per second. */
  readonly createsPerSecond: number;
  /** Cores of the machine that were busy with anything. */
  readonly busyCores: number;
};

type Sample = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** Reads the metrics of all processes, from now until the returned function is called. */
export async function watchFigures(ports: readonly number[]): Promise<() => Promise<Figures>> {
  const before = await readAll(ports);
  const [started, busyBefore] = [performance.now(), busySeconds()];
  return async () => {
    const seconds = (performance.now() - started) / 1000;
    const busyCores = (busySeconds() - busyBefore) / seconds;
    return { ...figuresOf(before, await readAll(ports), seconds), busyCores };
  };
}

/** Of all cores together, since boot. */
function busySeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;
}

async function readAll(ports: readonly number[]): Promise<readonly Sample[]> {
  const texts = await Promise.all(
    ports.map(async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(deadlineMs) });
      return answer.text();
    }),
  );
  return texts.flatMap(readSamples);
}

/** The samples of our own metrics in a text of Prometheus' format. */
export function readSamples(text: string): Sample[] {
  return [...text.matchAll(/^(antre_\w+)(?:\{([^}]*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', is = '']) => [label, is])),
    value: z.coerce.number().parse(value),
  }));
}

/** @param seconds between the two readings */
export function figuresOf(
  before: readonly Sample[],
  after: readonly Sample[],
  seconds: number,
): Omit<Figures, 'busyCores'> {
  const grown = (name: string, label: string) => difference(sumBy(before, name, label), sumBy(after, name, label));
  const creates = sumOfCalls(after) - sumOfCalls(before);
  const pools = Object.keys(sumBy(after, 'antre_db_pool_wait_seconds_count', 'pool'));
  return {
    limited: grown('antre_traffic_limited_total', 'policy'),
    shed: grown('antre_traffic_shed_total', 'cause'),
    poolWaitMs: Object.fromEntries(pools.map((pool) => [pool, waitOf(pool, before, after) * 1000])),
    createsPerSecond: creates / seconds,
  };
}

function sumOfCalls(samples: readonly Sample[]): number {
  return sumBy(samples, 'antre_payment_gateway_calls_total', 'call')['create'] ?? 0;
}

/** The upper edge of the bucket that holds 99 % of the waits, in seconds; 0 without any. */
function waitOf(pool: string, before: readonly Sample[], after: readonly Sample[]): number {
  const name = 'antre_db_pool_wait_seconds_bucket';
  const ofPool = (samples: readonly Sample[]) => samples.filter(({ labels }) => labels['pool'] === pool);
  const first = sumBy(ofPool(before), name, 'le');
  const buckets = Object.entries(sumBy(ofPool(after), name, 'le'))
    .map(([edge, count]): [number, number] => [Number(edge.replace('+Inf', 'Infinity')), count - (first[edge] ?? 0)])
    .toSorted(([one], [other]) => one - other);
  const total = buckets.at(-1)?.[1] ?? 0;
  return total === 0 ? 0 : (buckets.find(([, count]) => count >= 0.99 * total)?.[0] ?? 0);
}

function sumBy(samples: readonly Sample[], name: string, label: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const sample of samples) {
    if (sample.name !== name) continue;
    const key = sample.labels[label] ?? '';
    sums[key] = (sums[key] ?? 0) + sample.value;
  }
  return sums;
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const grown = Object.entries(after).map(([key, value]): [string, number] => [key, value - (before[key] ?? 0)]);
  return Object.fromEntries(grown.filter(([, value]) => value > 0));
}
