import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { collectProcessMetrics, registry } from '../../../src/platform/metrics.ts';

/** Every metric of both programs, by name, with its labels. Histograms also under the names of their series. */
export async function knownMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  // Another test of this worker may have asked before.
  if (registry.getSingleMetric('process_cpu_seconds_total') === undefined) collectProcessMetrics();
  const makers = globSync(['src/**/*.ts', 'workers/**/*.ts']).filter((path) =>
    /^(?:export )?(?:const \w+ = )?(?:counter|gauge|histogram)(?:<[^>]*>)?\(/m.test(readFileSync(path, 'utf8')),
  );
  for (const path of makers) await import(resolve(path));
  const known = new Map<string, ReadonlySet<string>>();
  for (const metric of await registry.getMetricsAsJSON()) {
    const labels = new Set(labelNamesOf(metric.name));
    const isHistogram = String(metric.type) === 'histogram';
    if (!isHistogram) known.set(metric.name, labels);
    else {
      for (const series of ['sum', 'count']) known.set(`${metric.name}_${series}`, labels);
      known.set(`${metric.name}_bucket`, new Set([...labels, 'le']));
    }
  }
  return known;
}

function labelNamesOf(name: string): readonly string[] {
  const metric: unknown = registry.getSingleMetric(name);
  const names: unknown = typeof metric === 'object' && metric !== null ? Reflect.get(metric, 'labelNames') : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

/** All code that writes metrics, ours and what prom-client measures of the process, to look label values up in. */
export function sourceText(): string {
  return globSync(['src/**/*.ts', 'workers/**/*.ts', 'node_modules/prom-client/lib/metrics/*.js'])
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}
