import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { readLedger } from '../../deploy/local/host/ledger.ts';
import { freePort, requireFreePorts } from '../../deploy/local/host/ports.ts';
import { isAlive } from '../../deploy/local/host/process-identity.ts';
import { dataFolder, repositoryFolder } from '../../deploy/local/places.ts';
import { discardData } from '../../deploy/local/services/discard-data.ts';

/** Guards the commands of a person: start in the background, status, stop, help; and that a stack outlives its shell. */

const run = promisify(execFile);

describe('npm start, stop and status', () => {
  const folder = join(dataFolder, `test-${process.pid}`);
  const environment = async () => ({
    ...process.env,
    ANTRE_DATA: folder,
    POSTGRES_PORT: String(await freePort()),
    PGBOUNCER_PORT: String(await freePort()),
    REDIS_CACHE_PORT: String(await freePort()),
    REDIS_QUEUE_PORT: String(await freePort()),
  });
  const npm = async (env: NodeJS.ProcessEnv, ...args: string[]) => {
    const answer = await run('npm', ['--silent', ...args], { env, cwd: repositoryFolder, timeout: 60_000 }).catch(
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
    return { code: 'code' in answer ? answer.code : 0, text: `${answer.stdout}${answer.stderr}` };
  };
  const launcherLives = () => {
    const launcher = readLedger(join(folder, 'stack.json'))?.launcher;
    return launcher !== undefined && isAlive(launcher);
  };
  afterEach(async () => {
    await npm({ ...process.env, ANTRE_DATA: folder }, 'stop');
    await discardData(folder);
  });

  it('starts in the background, says what runs, and stops', { timeout: 120_000 }, async () => {
    const env = await environment();
    expect(await npm(env, 'run', 'status')).toMatchObject({ code: 3, text: expect.stringContaining('does not run') });

    const started = await npm(env, 'start', '--', '--detach', '--services-only');
    expect(started).toMatchObject({ code: 0, text: expect.stringContaining('`npm stop` stops it') });
    const status = await npm(env, 'run', 'status');
    expect(status.code).toBe(0);
    for (const name of ['postgres', 'pgbouncer', 'redis-cache', 'redis-queue'])
      expect(status.text).toMatch(new RegExp(`${name} +\\d+ +runs`));

    const again = await npm(env, 'start', '--', '--detach', '--services-only');
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining('already runs from this folder') });

    expect(await npm(env, 'stop')).toMatchObject({ code: 0, text: expect.stringContaining('stopped') });
    expect(launcherLives()).toBe(false);
    expect(await npm(env, 'stop')).toMatchObject({ code: 0, text: expect.stringContaining('does not run') });
  });

  it('reports in the terminal why a start in the background failed', async () => {
    const env = await environment();
    const port = env.POSTGRES_PORT;
    const failed = await npm({ ...env, REDIS_QUEUE_PORT: port }, 'start', '--', '--detach', '--services-only');
    expect(failed.code).toBe(1);
    expect(failed.text).toContain(`${port}: Postgres (POSTGRES_PORT) and Redis (queue) (REDIS_QUEUE_PORT)`);
  });

  it('outlives the shell that started it under nohup', { timeout: 120_000 }, async () => {
    const env = await environment();
    const shell = spawn('sh', ['-c', 'nohup npm start -- --services-only >/dev/null 2>&1 & sleep 1'], {
      env,
      cwd: repositoryFolder,
      stdio: 'ignore',
    });
    await new Promise((ended) => shell.once('exit', ended));
    await expect.poll(launcherLives, { timeout: 30_000 }).toBe(true);
    // The bootstrap looks for its parent twice a second.
    await pause(1500);
    expect(launcherLives()).toBe(true);
  });

  it('ends when npm is killed', { timeout: 120_000 }, async () => {
    const npmProcess = spawn('npm', ['start', '--', '--services-only'], {
      env: await environment(),
      cwd: repositoryFolder,
      stdio: 'ignore',
    });
    await expect.poll(launcherLives, { timeout: 30_000 }).toBe(true);
    npmProcess.kill('SIGKILL');
    await expect.poll(launcherLives, { timeout: 30_000 }).toBe(false);
  });
});

describe('the bootstrap, before anything is installed', () => {
  it('prints its usage', async () => {
    const { stdout } = await run('sh', [
      '-c',
      // A clone without packages: the scripts alone.
      'folder=$(mktemp -d) && mkdir -p "$folder/deploy" && cp -r deploy/local "$folder/deploy" && cp package.json package-lock.json "$folder" && cd "$folder" && npm --silent start -- --help && npm --silent run status && npm --silent stop && ls && rm -r "$folder"',
    ]);
    expect(stdout).toContain('--detach');
    expect(stdout.match(/does not run from this folder/g)).toHaveLength(2);
    expect(stdout).not.toContain('node_modules');
  });
});

it('names both parts that were given the same port', async () => {
  const port = await freePort();
  const wanted = ['the API', 'the sandbox', 'the edge'].map((use, place) => ({
    port: place === 2 ? port + 1 : port,
    variable: `PORT_${place}`,
    use,
  }));
  await expect(requireFreePorts(wanted)).rejects.toThrow(`${port}: the API (PORT_0) and the sandbox (PORT_1)`);
});
