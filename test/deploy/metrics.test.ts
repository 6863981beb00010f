import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { exporterMetrics } from './support/exporter-metrics.ts';
import { alerts, dashboardExpressions, groupedBy, recordings, selectorsOf } from './support/expressions.ts';
import { knownMetrics, sourceText } from './support/known-metrics.ts';

/**
 * Guards that somebody is woken when a promise breaks: an alert on a renamed metric never fires, and nobody would
 * notice.
 */

/** The labels that Prometheus adds to every series. */
const targetLabels = ['job', 'instance'];
/** Our own label `job` collides with Prometheus's and is renamed by it. */
const asScraped = (label: string) => (label === 'job' ? 'exported_job' : label);
/** Labels whose values are words of the code; the others are patterns of numbers and paths. */
const wordy = new Set(['outcome', 'result', 'reason', 'status', 'role', 'layer', 'kind', 'state', 'exported_job']);

describe('alerts and the dashboard', () => {
  let known: ReadonlyMap<string, ReadonlySet<string>>;
  let source: string;
  const expressions = [
    ...alerts().map(({ alert, expr }) => ({ where: alert, expr })),
    ...recordings().map(({ record, expr }) => ({ where: record, expr })),
    ...dashboardExpressions().map(({ title, expr }) => ({ where: title, expr })),
  ];

  beforeAll(async () => {
    known = new Map([
      ...(await knownMetrics()),
      ...Object.entries(exporterMetrics).map(([name, labels]) => [name, new Set(labels)] as const),
      ...recordings().map(({ record }) => [record, new Set<string>()] as const),
    ]);
    source = sourceText();
  });

  const labelsOf = (metric: string): Set<string> =>
    new Set([...targetLabels, ...(metric === 'up' ? [] : [...(known.get(metric) ?? [])].map(asScraped))]);

  it('ask only for metrics that the code or an exporter has', () => {
    const unknown = expressions.flatMap(({ where, expr }) =>
      selectorsOf(expr)
        .filter(({ metric }) => metric !== 'up' && !known.has(metric))
        .map(({ metric }) => `${where}: ${metric}`),
    );
    expect(unknown).toEqual([]);
    expect(expressions.every(({ expr }) => selectorsOf(expr).length > 0)).toBe(true);
  });

  it('ask only for labels that those metrics have', () => {
    const unknown = expressions.flatMap(({ where, expr }) => {
      const selectors = selectorsOf(expr);
      const all = new Set(selectors.flatMap(({ metric }) => [...labelsOf(metric)]));
      const matched = selectors.flatMap(({ metric, matchers }) =>
        matchers
          .filter(({ label }) => !labelsOf(metric).has(label))
          .map(({ label }) => `${where}: ${metric}{${label}}`),
      );
      const grouped = groupedBy(expr).filter((label) => !all.has(label));
      return [...matched, ...grouped.map((label) => `${where}: by (${label})`)];
    });
    expect(unknown).toEqual([]);
  });

  it('ask only for label values that the code writes', () => {
    const unknown = expressions.flatMap(({ where, expr }) =>
      selectorsOf(expr).flatMap(({ metric, matchers }) =>
        matchers
          .filter(({ label }) => wordy.has(label) && !metric.includes('_http_') && !(metric in exporterMetrics))
          .flatMap(({ values }) => values)
          .filter((value) => !source.includes(`'${value}'`))
          .map((value) => `${where}: ${metric} has no "${value}"`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('find a renamed metric, a wrong label and a label value that is gone', () => {
    expect(known.has('antre_orders_placed_total')).toBe(false);
    expect(labelsOf('antre_http_request_seconds_bucket').has('path')).toBe(false);
    expect(selectorsOf('rate(antre_x_total{a="b|c"}[5m]) > up')).toEqual([
      { metric: 'antre_x_total', matchers: [{ label: 'a', values: ['b', 'c'] }] },
      { metric: 'up', matchers: [] },
    ]);
  });
});

describe('the runbook', () => {
  const runbook = readFileSync('deploy/runbook.md', 'utf8');
  const sections = [...runbook.matchAll(/^## (Antre\w+)$/gm)].map(([, name]) => name);

  it('has one section for each alert, in their order', () => {
    expect(sections).toEqual(alerts().map(({ alert }) => alert));
  });

  it('says in each section what the alert means, where to look and what to do', () => {
    const parts = runbook.split(/^## /m).filter((part) => part.startsWith('Antre'));
    const incomplete = parts.filter((part) => !/\*\*Means\.\*\*.*\*\*Look\.\*\*.*\*\*Do\.\*\*/s.test(part));
    expect(incomplete.map((part) => part.split('\n')[0])).toEqual([]);
  });

  it('is linked from every alert, and says how urgent the alert is', () => {
    for (const { alert, annotations, labels } of alerts()) {
      expect(annotations.runbook).toBe(`deploy/runbook.md#${alert.toLowerCase()}`);
      expect(['page', 'ticket']).toContain(labels.severity);
    }
  });
});
