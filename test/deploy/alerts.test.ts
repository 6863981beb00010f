import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundProgram } from '../../deploy/local/binaries/find-system-program.ts';
import { findAmtool, findPromtool } from '../../deploy/local/observe/find-observers.ts';
import { ruleFiles } from '../../deploy/local/observe/prometheus-file.ts';
import { silent } from '../../deploy/local/progress.ts';
import { type AlertCase, casesOf, promtoolFiles } from './support/alert-cases.ts';
import { type Alert, alerts } from './support/expressions.ts';

/** Guards that every alert fires for its cause and ends with it, judged by Prometheus' own test tool. */

const run = promisify(execFile);

describe('the alerts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'antre-alerts-'));
  let promtool: FoundProgram;
  let amtool: FoundProgram;
  const tool = async ({ command, environment }: FoundProgram, ...args: string[]) => {
    const { stdout, stderr } = await run(command, args, { env: environment, timeout: 60_000 }).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    return stdout + stderr;
  };
  const judge = (chosen: readonly Alert[], cases: Readonly<Record<string, AlertCase>>) => {
    const tests = chosen.map((alert) => {
      const one = cases[alert.alert];
      if (one === undefined) throw new Error(`${alert.alert} has no case`);
      const files = promtoolFiles(alert, one, `${alert.alert}.rules.yml`);
      writeFileSync(join(folder, `${alert.alert}.rules.yml`), files.rules);
      writeFileSync(join(folder, `${alert.alert}.test.yml`), files.test);
      return join(folder, `${alert.alert}.test.yml`);
    });
    return tool(promtool, 'test', 'rules', ...tests);
  };

  beforeAll(async () => {
    promtool = await findPromtool(undefined, silent);
    amtool = await findAmtool(undefined, silent);
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('have one case each', () => {
    for (const file of ruleFiles) {
      expect(new Set(Object.keys(casesOf(file)))).toEqual(new Set(alerts([file]).map(({ alert }) => alert)));
    }
  });

  it.each(ruleFiles)('of %s are silent, fire with their texts, and resolve', { timeout: 90_000 }, async (file) => {
    const said = await judge(alerts([file]), casesOf(file));
    expect(said).not.toContain('FAILED');
    expect(said.match(/SUCCESS/g)).toHaveLength(alerts([file]).length);
  });

  it('wake nobody for a single failure: each page about a rate or a share has a case of it', () => {
    const cases = Object.assign({}, ...ruleFiles.map(casesOf)) as Readonly<Record<string, AlertCase>>;
    // It fires when something no longer happens.
    const aboutNothing = ['AntreRoomsUnserved'];
    const aboutRates = alerts().filter(
      ({ expr, labels }) => labels.severity === 'page' && /\brate\(|ratio_/.test(expr),
    );
    expect(aboutRates.length).toBeGreaterThan(10);
    const without = aboutRates.filter(({ alert }) => cases[alert]?.single === undefined).map(({ alert }) => alert);
    expect(without).toEqual(aboutNothing);
  });

  it('are reported when they do not fire', { timeout: 90_000 }, async () => {
    const { AntreApiDown: fires } = casesOf('alerts.yml');
    if (fires === undefined) throw new Error('the case has gone');
    const never = Object.fromEntries(Object.keys(fires.series).map((series) => [series, '1x90']));
    const chosen = alerts().filter(({ alert }) => alert === 'AntreApiDown');
    expect(await judge(chosen, { AntreApiDown: { ...fires, series: never } })).toContain('FAILED');
  });

  it('are in files that Prometheus and Alertmanager accept', async () => {
    const checked = await tool(promtool, 'check', 'config', 'deploy/prometheus/prometheus.yml');
    expect(checked.match(/SUCCESS/g)).toHaveLength(ruleFiles.length + 2);
    expect(await tool(amtool, 'check-config', 'deploy/alertmanager/alertmanager.yml')).toContain('SUCCESS');
  });
});
