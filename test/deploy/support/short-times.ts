import { parse, stringify } from 'yaml';
import type { TargetGroup } from '../../../deploy/local/observe/prometheus-file.ts';

/** Production's files of Prometheus and Alertmanager with times of seconds. */

const intervalSeconds = 2;
const windowSeconds = 10;

/**
 * Rates over seconds instead of minutes, ages of seconds instead of a minute, and no waiting before an alert. The real times are tested in
 * `alerts.test.ts`.
 */
export function withShortTimes(text: string): string {
  return text
    .replace(/^ +for: .*\n/gm, '')
    .replace(/(longest_\w+_seconds > )\d+/g, '$15')
    .replace(/\[\d+[mhd]\]/g, `[${windowSeconds}s]`)
    .replace(/offset \d+[mh]/g, `offset ${windowSeconds}s`);
}

/** Scrapes often enough for several samples within the short rates. */
export function withShortIntervals(text: string): string {
  return text.replace(/((?:scrape|evaluation)_(?:interval|timeout): )\w+/g, `$1${intervalSeconds}s`);
}

type Receiver = { readonly name: string; readonly webhook_configs?: readonly object[] };
type Routing = { readonly group_wait?: string; readonly group_interval?: string; readonly routes?: readonly Routing[] };

/** Groups are sent at once, and every receiver also posts to the sandbox. */
export function withSink(text: string, sandboxPort: string): string {
  const file = parse(text) as { readonly route: Routing; readonly receivers: readonly Receiver[] };
  const sink = { url: `http://127.0.0.1:${sandboxPort}/webhook-sink/alerts`, send_resolved: true };
  const quick = (route: Routing): Routing => ({
    ...route,
    group_wait: '1s',
    group_interval: '2s',
    ...(route.routes === undefined ? {} : { routes: route.routes.map(quick) }),
  });
  const receivers = file.receivers.map((one) => ({ ...one, webhook_configs: [...(one.webhook_configs ?? []), sink] }));
  return stringify({ ...file, route: quick(file.route), receivers });
}

/** These are asked, too. */
export function withProbes(text: string, more: readonly TargetGroup[]): string {
  return stringify([...(parse(text) as readonly object[]), ...more], { aliasDuplicateObjects: false });
}
