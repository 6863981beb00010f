import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from '../deploy/local/binaries/on-path.ts';
import { dataFolder } from '../deploy/local/places.ts';
import { type Say, step } from '../deploy/local/progress.ts';

/**
 * Versions tried with the scripts of `loadtest/k6`, which use nothing that differs between the first two major versions.
 */
const k6Version = 'v2.2.0';
const k6Package = 'go.k6.io/k6/v2';
const oldestGo = [1, 25] as const;
const own = join(dataFolder, 'bin/k6');

const howToGet = `k6 is not here, and cannot be built here: that needs Go ${oldestGo.join('.')} or newer.
  - with Go:       go install ${k6Package}@${k6Version}
  - with packages: see https://grafana.com/docs/k6/latest/set-up/install-k6/
(The npm package of that name is an empty name-holder.)`;

/** There is no k6 and no way to build it. The message says what to do. */
export class K6Missing extends Error {}

/**
 * Finds k6 on the PATH or as built here earlier, or builds it if Go is installed.
 * @throws K6Missing
 */
export async function findK6(say: Say): Promise<string> {
  const found = onPath('k6').find(runs) ?? (runs(own) ? own : undefined);
  if (found !== undefined) return found;
  if (!hasGo()) throw new K6Missing(howToGet);
  say(`building k6 ${k6Version} with Go (once, some minutes on two cores)`);
  await build(say);
  if (!runs(own)) throw new K6Missing(howToGet);
  return own;
}

function runs(file: string): boolean {
  return existsSync(file) && spawnSync(file, ['version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function hasGo(): boolean {
  const said = spawnSync('go', ['version'], { encoding: 'utf8', timeout: 20_000 });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(said.stdout ?? '') ?? [];
  return Number(major) > oldestGo[0] || (Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1]);
}

/**
 * Built in a module of its own: `go install package@version` also asks the package's home for deprecation notices, which
 * fails on machines that reach modules only through a proxy.
 */
async function build(say: Say): Promise<void> {
  const folder = join(dataFolder, 'k6-build');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(dataFolder, 'bin'), { recursive: true });
  try {
    await step(say, 'k6 fetched', async () => {
      await go(folder, ['mod', 'init', 'antre.example/k6-build']);
      await go(folder, ['get', `${k6Package}@${k6Version}`]);
    });
    await step(say, 'k6 built', () => go(folder, ['build', '-trimpath', '-ldflags=-s -w', '-o', own, k6Package]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function go(folder: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const running = spawn('go', parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    running.stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-4000);
    });
    running.once('error', reject);
    running.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new K6Missing(`go ${parameters.join(' ')} failed:\n${said}\n\n${howToGet}`));
    });
  });
}
