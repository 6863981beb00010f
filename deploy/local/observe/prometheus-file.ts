import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { repositoryFolder } from '../places.ts';

/** A set of targets as in a file of `file_sd_configs`. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

interface Job {
  readonly job_name: string;
  readonly static_configs?: readonly TargetGroup[];
  readonly dns_sd_configs?: readonly { readonly names: readonly string[] }[];
  readonly [setting: string]: unknown;
}

interface PrometheusFile {
  readonly global: Readonly<Record<string, string>>;
  readonly scrape_configs: readonly Job[];
  readonly [setting: string]: unknown;
}

/** Where production's parts listen on this machine, by service (DNS) or by address. A part without an entry does not run here. */
export interface LocalTargets {
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly addresses: Readonly<Record<string, string>>;
}

/** The files of `deploy/prometheus` that hold rules, as its configuration names them. */
export const ruleFiles = ['alerts.yml', 'promises.yml', 'machines.yml'] as const;

/** Short, so that the first scrapes are in before the table is shown. */
const intervalSeconds = 5;

/** Production's Prometheus file with the targets of this machine. Jobs whose part does not run here are left out. */
export function prometheusFile({ services, addresses }: LocalTargets): string {
  const text = readFileSync(join(repositoryFolder, 'deploy/prometheus/prometheus.yml'), 'utf8');
  const { global, scrape_configs: jobs, ...rest } = parse(text) as PrometheusFile;
  const here = jobs.map((job) => localJob(job, services, addresses)).filter((job) => job !== undefined);
  const interval = `${intervalSeconds}s`;
  const file = {
    global: { ...global, scrape_interval: interval, evaluation_interval: interval },
    ...rest,
    scrape_configs: here,
  };
  return withAddresses(stringify(file), addresses);
}

function localJob(
  // All jobs use this machine's one interval.
  { dns_sd_configs: named, scrape_interval: _interval, scrape_timeout: _timeout, ...job }: Job,
  services: LocalTargets['services'],
  addresses: LocalTargets['addresses'],
): Job | undefined {
  if (named !== undefined) {
    const targets = named.flatMap(({ names }) => names).flatMap((name) => services[name] ?? []);
    return targets.length === 0 ? undefined : { ...job, static_configs: [{ targets }] };
  }
  if (job.static_configs === undefined) return job;
  const groups = job.static_configs
    .map((group) => ({ ...group, targets: group.targets.filter((target) => addresses[target] !== undefined) }))
    .filter(({ targets }) => targets.length > 0);
  return groups.length === 0 ? undefined : { ...job, static_configs: groups };
}

function withAddresses(text: string, addresses: LocalTargets['addresses']): string {
  return Object.entries(addresses).reduce((result, [there, here]) => result.replaceAll(there, here), text);
}
