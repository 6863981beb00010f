import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
};
type Rules = { readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[] };
type Panel = { readonly title: string; readonly type: string; readonly targets?: readonly { readonly expr: string }[] };

export function alerts(): readonly Alert[] {
  const rules = parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8')) as Rules;
  return rules.groups.flatMap((group) => group.rules);
}

export function dashboardExpressions(): readonly { readonly title: string; readonly expr: string }[] {
  const { panels } = JSON.parse(readFileSync('deploy/grafana/dashboards/antre.json', 'utf8')) as { panels: Panel[] };
  return panels.flatMap(({ title, targets }) => (targets ?? []).map(({ expr }) => ({ title, expr })));
}

export type Selector = {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly values: readonly string[] }[];
};

/** What an expression selects: metrics, with what is asked of their labels. */
export function selectorsOf(expr: string): readonly Selector[] {
  return [...expr.matchAll(/\b((?:antre|process|nodejs)_\w+|up)\b(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', inner = '']) => ({
      metric,
      matchers: [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label = '', value = '']) => ({
        label,
        values: value.split('|'),
      })),
    }),
  );
}

/** The labels that an expression groups by. */
export function groupedBy(expr: string): readonly string[] {
  return [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
}
