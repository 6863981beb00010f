import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPrometheus } from '../../deploy/local/observe/ask-prometheus.ts';
import { readLedger } from '../../deploy/local/host/ledger.ts';
import { metricsOfExporters } from './support/exporter-metrics.ts';
import { type OwnStack, startObservedStack } from './support/own-stack.ts';

/** Guards `npm start -- --observe`: every part of the stack is watched, by real exporters with the names that the rules ask for. */

const run = promisify(execFile);

describe('npm start -- --observe', () => {
  let stack: OwnStack;
  const prometheus = () => `http://127.0.0.1:${stack.port('PROMETHEUS_PORT')}`;

  beforeAll(async () => {
    stack = await startObservedStack('observe', 0);
  }, 240_000);
  afterAll(() => stack.close(), 60_000);

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

  it('exports every metric that the rules use, with its labels', { timeout: 60_000 }, async () => {
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
