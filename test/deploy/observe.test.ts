import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPrometheus } from '../../deploy/local/observe/ask-prometheus.ts';
import { readLedger } from '../../deploy/local/host/ledger.ts';
import { freePort } from '../../deploy/local/host/ports.ts';
import { dataFolder, repositoryFolder } from '../../deploy/local/places.ts';
import { discardData } from '../../deploy/local/services/discard-data.ts';
import { metricsOfExporters } from './support/exporter-metrics.ts';

/** Guards `npm start -- --observe`: every part of the stack is watched, by real exporters with the names that the rules ask for. */

const run = promisify(execFile);
const ports = [
  'PORT',
  'OPERATIONS_PORT',
  'WORKER_OPERATIONS_PORT',
  'SANDBOX_PORT',
  'SANDBOX_SMTP_PORT',
  'POSTGRES_PORT',
  'PGBOUNCER_PORT',
  'REDIS_CACHE_PORT',
  'REDIS_QUEUE_PORT',
  'PROMETHEUS_PORT',
  'ALERTMANAGER_PORT',
] as const;

describe('npm start -- --observe', () => {
  const folder = join(dataFolder, `test-observe-${process.pid}`);
  let env: NodeJS.ProcessEnv;
  let started: string;
  const npm = async (...args: string[]) =>
    (await run('npm', ['--silent', ...args], { env, cwd: repositoryFolder, timeout: 180_000 })).stdout;
  const prometheus = () => `http://127.0.0.1:${env['PROMETHEUS_PORT']}`;

  beforeAll(async () => {
    const free = await Promise.all(ports.map(async (name) => [name, String(await freePort())] as const));
    // Five in a row, above the range that single ports are drawn from.
    const exporters = { EXPORTER_PORT: String(30_000 + (process.pid % 400) * 5) };
    env = { ...process.env, ANTRE_DATA: folder, API_PROCESSES: '1', ...Object.fromEntries(free), ...exporters };
    started = await npm('start', '--', '--observe', '--detach');
  }, 240_000);

  afterAll(async () => {
    await npm('stop');
    await discardData(folder);
  }, 60_000);

  it('says that all targets are up and the rules loaded', async () => {
    expect(started).toMatch(/Prometheus +http:\/\/localhost:\d+ +10 of 10 targets up, \d+ rules loaded\n/);
    expect(started).toMatch(/Alertmanager +http:\/\/localhost:\d+ /);
    const { rules, down } = await askPrometheus(prometheus());
    expect(rules).toBeGreaterThan(50);
    expect(down).toEqual([]);
  });

  it('is shown by the status', async () => {
    const status = await npm('run', 'status');
    for (const name of ['prometheus', 'alertmanager', 'node', 'postgres', 'redis', 'blackbox', 'pgbouncer'])
      expect(status).toMatch(new RegExp(`${name}(-exporter)? +\\d+ +runs`));
    expect(status).toMatch(/Prometheus: 10 of 10 targets up, \d+ alerts/);
  });

  it('gives every metric that rules ask of exporters, with its labels', { timeout: 60_000 }, async () => {
    const missing: string[] = [];
    for (const [name, labels] of Object.entries(metricsOfExporters)) {
      const answer = await fetch(`${prometheus()}/api/v1/series?match[]=${encodeURIComponent(name)}`);
      const { data } = (await answer.json()) as { data: readonly Record<string, string>[] };
      if (!data.some((series) => labels.every((label) => label in series))) missing.push(name);
    }
    expect(missing).toEqual([]);
  });

  it('listens on the loopback address only', async () => {
    const pids = (readLedger(join(folder, 'stack.json'))?.children ?? [])
      .filter(({ name }) => /exporter|prometheus|alertmanager/.test(name))
      .map(({ pid }) => pid);
    expect(pids).toHaveLength(7);
    const { stdout } = await run('ss', ['-Hltnp']);
    const open = stdout.split('\n').filter((line) => pids.some((pid) => line.includes(`pid=${pid},`)));
    expect(open.length).toBeGreaterThanOrEqual(7);
    expect(open.filter((line) => !line.includes(' 127.0.0.1:'))).toEqual([]);
  });
});
