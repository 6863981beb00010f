import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { type Alert, recordings } from './expressions.ts';

/** Values of each series, as promtool writes them. */
type Series = Readonly<Record<string, string>>;

/** Minutes of a quiet night that are judged. */
const nightMinutes = 40;

/** The series that make one alert fire, and end. */
export type AlertCase = {
  readonly series: Series;
  /** One failure on a quiet night. The alert stays silent. */
  readonly single?: Series;
  readonly interval?: string;
  readonly quiet?: string;
  readonly fires?: string;
  readonly resolves?: string;
  /** Without alertname and severity. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
};

/** The cases for the alerts of one file of rules, by alert. */
export function casesOf(rules: string): Readonly<Record<string, AlertCase>> {
  return parse(readFileSync(`test/deploy/alert-cases/${rules}`, 'utf8')) as Record<string, AlertCase>;
}

/**
 * Two files for promtool: the alert with the series that rules make for it, and the test that it is silent, fires and ends, and stays silent
 * in a quiet night. An alert at a time, since promtool evaluates every rule of a file for every test in it.
 * @param name of the first file, as the second names it
 */
export function promtoolFiles(
  alert: Alert,
  one: AlertCase,
  name: string,
): { readonly rules: string; readonly test: string } {
  const interval = one.interval ?? '1m';
  const made = recordings().filter(({ record }) => alert.expr.includes(record));
  const expected = {
    exp_labels: { ...one.labels, severity: alert.labels.severity },
    exp_annotations: { summary: one.summary, runbook: `deploy/runbook.md#${alert.alert.toLowerCase()}` },
  };
  const test = {
    name: alert.alert,
    interval,
    input_series: inputOf(one.series),
    alert_rule_test: [
      { eval_time: one.quiet ?? '4m', alertname: alert.alert },
      { eval_time: one.fires ?? '25m', alertname: alert.alert, exp_alerts: [expected] },
      { eval_time: one.resolves ?? '85m', alertname: alert.alert },
    ],
  };
  const night = {
    name: `${alert.alert}, a quiet night`,
    interval: '1m',
    input_series: inputOf(one.single ?? {}),
    alert_rule_test: Array.from({ length: nightMinutes }, (_, minute) => ({
      eval_time: `${minute + 1}m`,
      alertname: alert.alert,
    })),
  };
  return {
    rules: stringify({ groups: [{ name: 'one', rules: [...made, alert] }] }),
    test: stringify({
      rule_files: [name],
      evaluation_interval: interval,
      tests: [test, ...(one.single === undefined ? [] : [night])],
    }),
  };
}

const inputOf = (all: Series) => Object.entries(all).map(([series, values]) => ({ series, values }));
