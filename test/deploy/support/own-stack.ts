import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readLedger } from '../../../deploy/local/host/ledger.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { dataFolder, repositoryFolder } from '../../../deploy/local/places.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';

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
const commandDeadlineMs = 180_000;

/** A whole stack on ports and data of its own. */
export type OwnStack = {
  readonly folder: string;
  /** The output of `npm start`. */
  readonly started: string;
  readonly port: (name: (typeof ports)[number]) => string;
  readonly npm: (...args: string[]) => Promise<string>;
  readonly pid: (part: string) => number;
  /** Addresses and passwords as `npm start` leaves them for tools. */
  readonly environment: Readonly<Record<string, string>>;
  /** The environment in which commands find it. */
  readonly commandEnvironment: NodeJS.ProcessEnv;
  readonly close: () => Promise<void>;
};

export async function startOwnStack(
  name: string,
  options: readonly string[],
  own: NodeJS.ProcessEnv = {},
): Promise<OwnStack> {
  const folder = join(dataFolder, `test-${name}-${process.pid}`);
  const free = await Promise.all(ports.map(async (port) => [port, String(await freePort())] as const));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ANTRE_DATA: folder,
    API_PROCESSES: '1',
    ...Object.fromEntries(free),
    ...own,
  };
  const npm = async (...args: string[]): Promise<string> => {
    try {
      return (await run('npm', ['--silent', ...args], { env, cwd: repositoryFolder, timeout: commandDeadlineMs }))
        .stdout;
    } catch (error) {
      // A command says why it ended on its standard output, which the error leaves out.
      const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
      throw new Error(`npm ${args.join(' ')}: ${said}`, { cause: error });
    }
  };
  const started = await npm('start', '--', ...options, '--detach');
  return {
    folder,
    started,
    npm,
    commandEnvironment: env,
    port: (port) => env[port] ?? '',
    pid: (part) => readLedger(join(folder, 'stack.json'))?.children.find((child) => child.name === part)?.pid ?? 0,
    environment: JSON.parse(readFileSync(join(folder, 'environment.json'), 'utf8')) as Record<string, string>,
    close: async () => {
      await npm('stop');
      await discardData(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
