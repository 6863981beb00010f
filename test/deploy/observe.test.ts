import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseAccount } from '../../deploy/local/host/account.ts';
import { readLedger } from '../../deploy/local/host/ledger.ts';
import { reachableFolder } from '../../deploy/local/host/reachable-folder.ts';
import { askPrometheus } from '../../deploy/local/observe/ask-prometheus.ts';
import { ruleFiles } from '../../deploy/local/observe/prometheus-file.ts';
import { type CertificateAuthority, openCertificateAuthority } from '../../testkit/security/certificates.ts';
import { deadlock, fillTo, repeat, turn } from './support/alert-causes.ts';
import { alertInboxes } from './support/alert-inboxes.ts';
import { metricsOfExporters } from './support/exporter-metrics.ts';
import { type OwnStack, startOwnStack } from './support/own-stack.ts';
import { withProbes, withShortIntervals, withShortTimes, withSink } from './support/short-times.ts';
import { openTlsServer, serveTls, trustFile } from './support/tls-servers.ts';

/**
 * Guards `npm start -- --observe`: real exporters watch every part of the stack, under the metric names that the rules use. Also guards that
 * alerts arrive: the tests cause the faults, and read mail, webhook and WhatsApp. They use production's rules with short times, and
 * production's routes with one more webhook.
 */

const run = promisify(execFile);
/** The first of five in a row, above the range that single ports are drawn from. */
const exporterPort = String(30_000 + (process.pid % 390) * 5);
const deadlockEveryMs = 2500;

const partsWithTls = ['edge', 'postgres', 'redis', 'gateway'];

let stack: OwnStack;
let authority: CertificateAuthority;
let trust: ReturnType<typeof trustFile>;
const prometheus = () => `http://127.0.0.1:${stack.port('PROMETHEUS_PORT')}`;

beforeAll(async () => {
  authority = openCertificateAuthority();
  trust = trustFile(authority);
  // The prober trusts this authority, and no other.
  stack = await startOwnStack('observe', ['--observe'], { EXPORTER_PORT: exporterPort, SSL_CERT_FILE: trust.path });
}, 240_000);
afterAll(async () => {
  await stack?.close();
  authority.close();
  trust.remove();
}, 90_000);

describe('npm start -- --observe', () => {
  it('says that all targets are up and the rules loaded', async () => {
    expect(stack.started).toMatch(/Prometheus +http:\/\/localhost:\d+ +10 of 10 targets up, \d+ rules loaded\n/);
    expect(stack.started).toMatch(/Alertmanager +http:\/\/localhost:\d+ /);
    const { rules, down } = await askPrometheus(prometheus());
    expect(rules).toBeGreaterThan(50);
    expect(down).toEqual([]);
  });

  it('is shown by the status', async () => {
    const status = await stack.npm('run', 'status');
    for (const name of ['prometheus', 'alertmanager', 'node', 'postgres', 'redis', 'blackbox', 'pgbouncer'])
      expect(status).toMatch(new RegExp(`${name}(-exporter)? +\\d+ +runs`));
    expect(status).toMatch(/Prometheus: 10 of 10 targets up, \d+ alerts/);
  });

  it('exports every metric that the rules use, with its labels', async () => {
    const missing: string[] = [];
    for (const [name, labels] of Object.entries(metricsOfExporters)) {
      const answer = await fetch(`${prometheus()}/api/v1/series?match[]=${encodeURIComponent(name)}`);
      const { data } = (await answer.json()) as { data: readonly Record<string, string>[] };
      if (!data.some((series) => labels.every((label) => label in series))) missing.push(name);
    }
    expect(missing).toEqual([]);
  });

  it('listens on the loopback address only', async () => {
    const pids = (readLedger(join(stack.folder, 'stack.json'))?.children ?? [])
      .filter(({ name }) => /exporter|prometheus|alertmanager/.test(name))
      .map(({ pid }) => pid);
    expect(pids).toHaveLength(7);
    const { stdout } = await run('ss', ['-Hltnp']);
    const open = stdout.split('\n').filter((line) => pids.some((pid) => line.includes(`pid=${pid},`)));
    expect(open.length).toBeGreaterThanOrEqual(7);
    expect(open.filter((line) => !line.includes(' 127.0.0.1:'))).toEqual([]);
  });
});

describe('an alert whose cause is caused', () => {
  let inboxes: ReturnType<typeof alertInboxes>;
  let queue: Redis;
  let files: string;
  const sessions: postgres.Sql[] = [];
  const session = () => {
    const sql = postgres(stack.environment['DATABASE_DIRECT_URL'] ?? '', { max: 1, onnotice: () => {} });
    sessions.push(sql);
    return sql;
  };
  const firing = async () => {
    const answer = await fetch(`${prometheus()}/api/v1/alerts`);
    const { data } = (await answer.json()) as {
      data: { alerts: readonly { labels: { alertname: string }; state: string }[] };
    };
    return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
  };
  const signal = (part: string, name: NodeJS.Signals) => process.kill(stack.pid(part), name);
  const rewrite = (name: string, change: (text: string) => string) =>
    writeFileSync(join(files, name), change(readFileSync(join(files, name), 'utf8')));

  beforeAll(() => {
    inboxes = alertInboxes(`http://127.0.0.1:${stack.port('SANDBOX_PORT')}`);
    queue = new Redis(stack.environment['REDIS_QUEUE_URL'] ?? '');
    files = join(reachableFolder(stack.folder, chooseAccount()), 'observe');
    for (const name of ruleFiles) rewrite(name, withShortTimes);
    rewrite('prometheus.yml', withShortIntervals);
    rewrite('alertmanager.yml', (text) => withSink(text, stack.port('SANDBOX_PORT')));
    for (const part of ['prometheus', 'alertmanager']) signal(part, 'SIGHUP');
  });
  afterAll(async () => {
    queue.disconnect();
    await Promise.all(sessions.map((sql) => sql.end({ timeout: 1 })));
  });

  it('arrives and ends: statements, locks, memory of the queue, a switch, certificates', {
    timeout: 240_000,
  }, async () => {
    const [idle, slow, holder, waiter] = [session(), session(), session(), session()];
    await idle`begin`;
    const sleeping = slow`select pg_sleep(600)`;
    const slept = sleeping.catch(() => undefined);
    await holder`select pg_advisory_lock(1)`;
    const waiting = waiter`select pg_advisory_lock(1)`.catch(() => undefined);
    // A single one is visible only for the seconds of the short rules, and a busy machine may not scrape in that time.
    const [one, other] = [session(), session()];
    const deadlocks = repeat(() => deadlock(one, other), deadlockEveryMs);
    await fillTo(queue, 0.8);
    await turn(stack, true);
    const tls = await serveTls(stack, authority, 2);
    const stranger = openCertificateAuthority();
    const mail = { part: 'mail', module: 'certificate_verified' };
    const untrusted = await openTlsServer(stranger.sign({ host: 'localhost', days: 90 }), mail);
    const probes = readFileSync(join(files, 'probes.yml'), 'utf8');
    rewrite('probes.yml', () => withProbes(probes, [...tls.probes, untrusted.probe]));

    const first = [
      'AntreStatementSlow',
      'AntreLocksWaiting',
      'AntreDeadlocks',
      'AntreQueueMemoryHigh',
      'AntreSwitchLeftOn',
      'AntreCertificate3Days',
      'AntreTransactionIdle',
    ];
    await inboxes.expectAll([...first, 'AntreOutsideUnreachable'], 'firing');
    await deadlocks.stop();
    await inboxes.expectParts('AntreCertificate3Days', partsWithTls, 'firing');
    await inboxes.expectText('A certificate of redis at');
    await fillTo(queue, 0.95);
    await inboxes.expectAll(['AntreQueueMemoryFull'], 'firing');

    sleeping.cancel();
    await Promise.all([idle`rollback`, holder`select pg_advisory_unlock(1)`, waiting, slept]);
    await queue.config('SET', 'maxmemory', '256mb');
    await turn(stack, false);
    await tls.renew(90);
    await inboxes.expectAll([...first, 'AntreQueueMemoryFull'], 'resolved');
    await inboxes.expectParts('AntreCertificate3Days', partsWithTls, 'resolved');
    await tls.close();
    await inboxes.expectParts('AntreCertificateUnread', ['postgres', 'redis'], 'firing');
    await inboxes.expectParts('AntreEdgeUnreachable', ['edge'], 'firing');
    await inboxes.expectParts('AntreOutsideUnreachable', ['gateway'], 'firing');
    rewrite('probes.yml', () => probes);
    const unreachable = ['AntreCertificateUnread', 'AntreEdgeUnreachable', 'AntreOutsideUnreachable'];
    await inboxes.expectAll(unreachable, 'resolved');
    await untrusted.close();
    stranger.close();
  });

  it('arrives and ends: a queue that drops jobs, parts that hang', { timeout: 240_000 }, async () => {
    await queue.config('SET', 'maxmemory-policy', 'allkeys-random');
    await fillTo(queue, 1.2);
    await inboxes.expectAll(['AntreQueueEvicting'], 'firing');
    await queue.config('SET', 'maxmemory', '256mb');
    await queue.config('SET', 'maxmemory-policy', 'noeviction');

    const parts = ['pgbouncer', 'node-exporter', 'redis-cache'];
    for (const part of parts) signal(part, 'SIGSTOP');
    const gone = ['AntrePgBouncerAway', 'AntreUnwatched', 'AntreRedisGone'];
    await inboxes.expectAll(gone, 'firing');
    for (const part of parts) signal(part, 'SIGCONT');
    await inboxes.expectAll([...gone, 'AntreQueueEvicting'], 'resolved');
  });

  it('arrives and ends through the other process: a worker that hangs', { timeout: 240_000 }, async () => {
    signal('worker', 'SIGSTOP');
    await inboxes.expectAll(['AntreWorkerGone'], 'firing');
    await inboxes.expectText('No worker answers');
    signal('worker', 'SIGCONT');
    await inboxes.expectAll(['AntreWorkerGone'], 'resolved');
  });

  it('arrives for the cause and not for its consequences: an API that hangs', { timeout: 240_000 }, async () => {
    const before = await inboxes.notices('AntreApiDown', 'firing');
    signal('api-1', 'SIGSTOP');
    await inboxes.expectAll(['AntreApiGone'], 'firing');
    await inboxes.expectText('No API process answers');
    // It fires too, by a rule of its own that may be evaluated later.
    await expect.poll(firing, { timeout: 60_000, interval: 500 }).toContain('AntreApiDown');
    expect(await inboxes.notices('AntreApiDown', 'firing')).toBe(before);
    signal('api-1', 'SIGCONT');
    await inboxes.expectAll(['AntreApiGone'], 'resolved');
  });
});
