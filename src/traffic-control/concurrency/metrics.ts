import { counter, gauge } from '../../platform/metrics.ts';
import type { RouteClass } from '../policies.ts';
import type { Limiter } from './limiter.ts';
import { refusalCauses } from './refusals-seen.ts';

const limiters = new Map<string, Limiter>();
const classes = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5'] as const;

/** What was counted by the limiter itself, and is brought here when somebody reads: a refusal must not pay for a metric. */
const refusedTotal = counter('concurrency_refused_total', 'Calls that a limiter refused, by class and cause', [
  'dependency',
  'class',
  'cause',
]);
const reported = new Map<string, number>();

gauge('concurrency_limit', 'Calls that may be in flight at once', ['dependency'], function () {
  for (const [dependency, limiter] of limiters) this.set({ dependency }, limiter.state.limit);
  reportRefusals();
});
gauge('concurrency_inflight', 'Calls in flight', ['dependency'], function () {
  for (const [dependency, limiter] of limiters) this.set({ dependency }, limiter.state.inflight);
});
gauge('concurrency_queued', 'Calls that wait for a place', ['dependency'], function () {
  for (const [dependency, limiter] of limiters) this.set({ dependency }, limiter.state.queued);
});
gauge('concurrency_baseline_seconds', 'Latency that the limit compares with', ['dependency'], function () {
  for (const [dependency, limiter] of limiters) this.set({ dependency }, limiter.state.baselineMs / 1000);
});
gauge('concurrency_recent_seconds', 'Latency of the last windows, 90th percentile', ['dependency'], function () {
  for (const [dependency, limiter] of limiters) this.set({ dependency }, limiter.state.recentMs / 1000);
});

/** Shows a limiter under its name until the returned function is called. */
export function register(name: string, limiter: Limiter): () => void {
  limiters.set(name, limiter);
  return () => {
    if (limiters.get(name) === limiter) limiters.delete(name);
  };
}

function reportRefusals(): void {
  for (const [dependency, limiter] of limiters) {
    for (const [index, name] of classes.entries()) {
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
