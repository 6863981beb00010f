import { parse, stringify } from 'yaml';

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

/** A certificate at this port is watched, too: as that of a Redis, and as that of a mail server, which must be valid. */
export function withProbes(text: string, port: number): string {
  const probes = parse(text) as readonly object[];
  const targets = [`127.0.0.1:${port}`];
  const redis = { targets, labels: { part: 'redis', module: 'certificate' } };
  const mail = { targets, labels: { part: 'mail', module: 'certificate_verified' } };
  return stringify([...probes, redis, mail], { aliasDuplicateObjects: false });
}
