import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/**
 * The one registry of a process. Rooms declare their metrics in their own `metrics.ts` through these helpers, so that
 * every name starts with `antre_`, carries its unit last, and labels hold only closed sets: routes as patterns, never
 * ids, never anything a client can choose.
 */
export const registry = new Registry();

/** Seconds; from a cached read (0.1 ms) to the longest wait anyone is allowed (10 s). */
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 1, 2.5, 5, 10];

export function counter<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) {
  return new Counter<Label>({ name: `antre_${name}`, help, labelNames, registers: [registry] });
}

export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
  collect?: (this: Gauge<Label>) => void | Promise<void>,
) {
  return new Gauge<Label>({
    name: `antre_${name}`,
    help,
    labelNames,
    registers: [registry],
    ...(collect === undefined ? {} : { collect }),
  });
}

export function histogram<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
  buckets: readonly number[] = latencyBuckets,
) {
  return new Histogram<Label>({
    name: `antre_${name}`,
    help,
    labelNames,
    buckets: [...buckets],
    registers: [registry],
  });
}

/** Process and event-loop metrics of prom-client; once per process. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
}
