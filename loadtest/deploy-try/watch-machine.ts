import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { until } from '../../testkit/until.ts';
import type { Machine } from './machine.ts';

/** Of both API processes, the worker, Prometheus, Alertmanager, machine, Postgres, PgBouncer, both Redis, and the three probes. */
const targetsExpected = 13;
const scrapedWithinMs = 60_000;
const toldWithinMs = 150_000;
/** Metrics that this machine cannot have: of a replica, of a probe with TLS (it has no network), and of the clock (it is a container). */
const elsewhere = /^(?:antre_postgres_replica_lag_seconds|probe_ssl_earliest_cert_expiry|node_timex_\w+)$/;

type Targets = { readonly data: { readonly activeTargets: readonly { readonly health: string }[] } };
type Series = { readonly data: readonly unknown[] };

const ask = async <Answer>(machine: Machine, address: string): Promise<Answer> =>
  JSON.parse(await machine.run('curl', '--silent', '--globoff', `http://127.0.0.1:9090/api/v1/${address}`)) as Answer;

/**
 * Waits until Prometheus of the machine scrapes all parts, and asks it for each metric of an exporter that an alert needs.
 * @returns how many metrics there are
 */
export async function watchMachine(machine: Machine): Promise<number> {
  await until(async () => {
    const { data } = await ask<Targets>(machine, 'targets?state=active');
    return data.activeTargets.length === targetsExpected && data.activeTargets.every(({ health }) => health === 'up');
  }, scrapedWithinMs);
  const rules = readFileSync(join(repositoryFolder, 'deploy/prometheus/machines.yml'), 'utf8');
  const expressions = [...rules.matchAll(/expr: >-\n((?: {10}.*\n)+)/g)].map(([, text = '']) => text).join('');
  const used =
    expressions.match(/\b(?:antre_postgres|pg|pgbouncer|redis|node|probe|prometheus|alertmanager)_\w+/g) ?? [];
  const names = [...new Set(used)].filter((name) => !elsewhere.test(name));
  for (const name of names) {
    const { data } = await ask<Series>(machine, `series?match[]=${name}`);
    if (data.length === 0) throw new Error(`no exporter of the machine gives ${name}, and an alert needs it`);
  }
  return names.length;
}

/** @throws Error unless the heartbeat works, and fails while alerts cannot be sent */
export async function hearOfSilence(machine: Machine): Promise<void> {
  await machine.run('systemctl', 'start', 'antre-heartbeat');
  await machine.run('systemctl', 'stop', 'prometheus-alertmanager');
  const heard = await machine.run('systemctl', 'start', 'antre-heartbeat').then(
    () => true,
    () => false,
  );
  await machine.run('systemctl', 'start', 'prometheus-alertmanager');
  await machine.run('systemctl', 'reset-failed', 'antre-heartbeat');
  if (heard) throw new Error('the heartbeat goes on without Alertmanager');
}

/**
 * Waits until Alertmanager has sent an alert to the mail server, which starts later than Alertmanager. One alert is always firing: the edge
 * is unreachable by its name, because the machine has no network.
 */
export async function hearOfAlert(machine: Machine): Promise<void> {
  const count = (metrics: string, name: string) =>
    Number(new RegExp(`^alertmanager_${name}\\{integration="email"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
  await until(async () => {
    const metrics = await machine.run('curl', '--silent', 'http://127.0.0.1:9093/metrics');
    return count(metrics, 'notification_requests_total') > count(metrics, 'notification_requests_failed_total');
  }, toldWithinMs);
}
