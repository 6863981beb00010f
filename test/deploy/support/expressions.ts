import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ruleFiles } from '../../../deploy/local/observe/prometheus-file.ts';

export type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
};
type Recording = { readonly record: string; readonly expr: string };
type Rules = { readonly groups: readonly { readonly rules: readonly (Alert | Recording)[] }[] };
type Panel = { readonly title: string; readonly type: string; readonly targets?: readonly { readonly expr: string }[] };

const rulesOf = (file: string) =>
  (parse(readFileSync(`deploy/prometheus/${file}`, 'utf8')) as Rules).groups.flatMap(({ rules }) => rules);

/** The alerts of one file of rules, or of all. */
export function alerts(files: readonly string[] = ruleFiles): readonly Alert[] {
  return files.flatMap(rulesOf).filter((rule) => 'alert' in rule);
}

/** Series that rules make of others. */
export function recordings(): readonly Recording[] {
  return ruleFiles.flatMap(rulesOf).filter((rule) => 'record' in rule);
}

/** Every query of every dashboard. */
export function dashboardExpressions(): readonly { readonly title: string; readonly expr: string }[] {
  return globSync('deploy/grafana/dashboards/*.json').flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: Panel[] };
    return panels.flatMap(({ title, targets }) => (targets ?? []).map(({ expr }) => ({ title, expr })));
  });
}

export type Selector = {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly values: readonly string[] }[];
};

/** A metric of ours, of an exporter, or that a rule made, with its matchers. */
const metricPattern =
  /(?<![\w:."/])((?:antre|process|nodejs|node|redis|pg|pgbouncer|probe|alertmanager|prometheus)_\w+|antre:[\w:]+|up)\b(?:\{([^}]*)\})?/g;

/** The metrics that an expression selects, with the conditions on their labels. */
export function selectorsOf(expr: string): readonly Selector[] {
  return [...expr.matchAll(metricPattern)].map(([, metric = '', inner = '']) => ({
    metric,
    matchers: [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label = '', value = '']) => ({
      label,
      values: value.split('|'),
    })),
  }));
}

/** The labels that an expression groups by. */
export function groupedBy(expr: string): readonly string[] {
  return [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
}
