import { counter, gauge } from '../../platform/metrics.ts';
import { type RouteClass, classNames } from '../route-rules.ts';
import type { SlotLimiter, LimiterState } from './slot-limiter.ts';
import { refusalCauses } from './refusals-seen.ts';

const limiters = new Map<string, SlotLimiter>();
const reported = new Map<string, number>();

const shown = (name: string, help: string, valueOf: (state: LimiterState) => number, andThen = () => {}): void => {
  gauge(name, help, ['dependency'], function () {
    this.reset();
    for (const [dependency, limiter] of limiters) this.set({ dependency }, valueOf(limiter.state));
    andThen();
  });
};

shown(
  'concurrency_limit',
  'Calls that may be in flight at once',
  ({ limit }) => limit,
  () => reportRefusals(),
);
/** Reads the counts when metrics are scraped, so that a refusal does not pay for a metric. */
const refusedTotal = counter('concurrency_refused_total', 'Calls that a limiter refused, by class and cause', [
  'dependency',
  'class',
  'cause',
]);
shown('concurrency_inflight', 'Calls in flight', ({ inflight }) => inflight);
shown('concurrency_queued', 'Calls that wait for a place', ({ queued }) => queued);
shown('concurrency_baseline_seconds', 'What latency is compared with', ({ baselineMs }) => baselineMs / 1000);
shown('concurrency_recent_seconds', 'Latency of the last windows, 90th percentile', ({ recentMs }) => recentMs / 1000);

/** Exports a limiter's metrics under its name until the returned function is called. */
export function register(name: string, limiter: SlotLimiter): () => void {
  limiters.set(name, limiter);
  return () => {
    if (limiters.get(name) === limiter) limiters.delete(name);
  };
}

function reportRefusals(): void {
  for (const [dependency, limiter] of limiters) {
    for (const [index, name] of classNames.entries()) {
      for (const cause of refusalCauses) {
        const now = limiter.refusals(index as RouteClass, cause);
        const key = `${dependency} ${name} ${cause}`;
        const before = reported.get(key) ?? 0;
        if (now > before) refusedTotal.inc({ dependency, class: name, cause }, now - before);
        reported.set(key, now);
      }
    }
  }
}
