import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import type { PostgresPrograms } from '../binaries/find-postgres.ts';
import { commandLine, identify, isAlive } from '../host/process-identity.ts';
import { privateFolder, privateWriter } from '../host/reachable-folder.ts';
import type { Supervised } from '../host/supervisor.ts';
import { LaunchProblem } from '../launch-problem.ts';
import type { ServiceContext } from './service-options.ts';

/** A running Postgres. */
export interface LocalPostgres {
  readonly child: Supervised;
  readonly port: number;
  /** PgBouncer connects here: the socket folder, which is faster than TCP, or the loopback address. */
  readonly host: string;
  /** The superuser's address of a database, past PgBouncer. */
  readonly adminUrl: (database: string) => string;
}

const run = promisify(execFile);
const initDeadlineMs = 60_000;
const readyDeadlineMs = 60_000;
const orphanDeadlineMs = 10_000;
// The system's limit for the path of a socket is 107 bytes; Postgres adds its own file name.
const socketFolderLengthMax = 85;

/**
 * Creates the cluster if there is none, and starts Postgres on it, on 127.0.0.1 and on a socket beside the data.
 * @param moreSettings as `name=value`, after those of every local Postgres
 */
export async function startPostgres(
  context: ServiceContext,
  programs: PostgresPrograms,
  port: number,
  moreSettings: readonly string[] = [],
): Promise<LocalPostgres> {
  const { folder, account, secrets, supervisor, durable, address } = context;
  const data = join(folder, 'postgres');
  await initialise(context, programs, data);
  const network = address === undefined ? [] : admitNetwork(data, address);
  await clearStaleFiles(data, join(folder, 'socket'));
  const sockets =
    Buffer.byteLength(folder) <= socketFolderLengthMax ? privateFolder(join(folder, 'socket'), account) : '';
  const adminUrl = (database: string) =>
    `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${port}/${database}`;
  const settings = [...postgresSettings(port, sockets, durable), ...network, ...moreSettings];
  const child = await supervisor.start({
    name: 'postgres',
    command: programs.postgres,
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    environment: { ...(programs.environment ?? process.env), LC_ALL: 'C', TZ: 'UTC' },
    folder: data,
    account,
    // Fast shutdown, then immediate. Committed data is in the log either way.
    stopSteps: [
      ['SIGINT', 10_000],
      ['SIGQUIT', 5000],
    ],
    readyDeadlineMs,
    isReady: () => answers(adminUrl('postgres')),
  });
  return { child, port, host: sockets === '' ? '127.0.0.1' : sockets, adminUrl };
}

/** @param sockets the folder of its socket; empty for none */
export function postgresSettings(port: number, sockets: string, durable: boolean): string[] {
  return [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${sockets}`,
    'max_connections=200',
    'shared_buffers=128MB',
    'shared_preload_libraries=pg_stat_statements',
    // Tests create hundreds of databases. With the default of 5,000 statements, a test's own are evicted before it reads them.
    'pg_stat_statements.max=50000',
    'jit=off',
    // For the same plans as in production.
    'random_page_cost=1.1',
    'timezone=UTC',
    'log_timezone=UTC',
    'checkpoint_timeout=15min',
    // As in deploy/postgres/postgresql.conf. Tests make many databases, and each would cost a process.
    `autovacuum_naptime=${durable ? '5s' : '1min'}`,
    `max_wal_size=${durable ? '4GB' : '1GB'}`,
    `fsync=${durable ? 'on' : 'off'}`,
    `full_page_writes=${durable ? 'on' : 'off'}`,
    'synchronous_commit=on',
    // Tests open thousands of connections, and both sides of each hash the password so often.
    ...(durable ? [] : ['scram_iterations=1']),
  ];
}

/** Lets the machines of the network that the address belongs to connect, with their passwords. @returns the settings for it */
function admitNetwork(data: string, address: string): string[] {
  appendFileSync(join(data, 'pg_hba.conf'), 'host all all samenet scram-sha-256\n');
  return [`listen_addresses=127.0.0.1,${address}`];
}

/** initdb works in another folder, which is renamed at the end: a half-made cluster is never taken for a complete one. */
async function initialise(
  { account, secrets, durable }: ServiceContext,
  programs: PostgresPrograms,
  data: string,
): Promise<void> {
  if (existsSync(join(data, 'PG_VERSION'))) return requireVersion(data, programs.major);
  const partial = `${data}.new`;
  for (const leftover of [data, partial]) rmSync(leftover, { recursive: true, force: true });
  privateFolder(partial, account);
  const write = privateWriter(dirname(data), account);
  const passwordFile = write(`${basename(data)}.password`, secrets.postgresPassword);
  try {
    await run(programs.initdb, initArguments(partial, passwordFile, { durable, major: programs.major }), {
      cwd: partial,
      env: { ...(programs.environment ?? process.env), LC_ALL: 'C', TZ: 'UTC' },
      timeout: initDeadlineMs,
      ...(account && { uid: account.uid, gid: account.gid }),
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new LaunchProblem(`Postgres could not make its data folder ${data}:\n${said}`, error);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(partial, data);
}

/** From this version on, the built-in provider sorts and folds the same on every machine, whatever its C library has. */
const builtinLocaleSince = 17;

function initArguments(
  data: string,
  passwordFile: string,
  { durable, major }: { readonly durable: boolean; readonly major: string },
): string[] {
  return [
    `--pgdata=${data}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...(Number(major) >= builtinLocaleSince
      ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      : ['--locale=C.UTF-8']),
    ...(durable ? [] : ['--no-sync']),
  ];
}

function requireVersion(data: string, major: string): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (found === major) return;
  throw new LaunchProblem(
    `${data} was made by Postgres ${found}, and this is Postgres ${major}.\n` +
      '`npm start -- --fresh` throws the local data away and begins again.',
  );
}

/**
 * A killed Postgres leaves its pid file and its socket's lock, and trusts them as long as any process has that number, even
 * a zombie. A Postgres that still runs on this folder without us is ended.
 */
async function clearStaleFiles(data: string, sockets: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    const holder = identify(pid);
    if (holder && commandLine(pid).includes(data)) {
      process.kill(pid, 'SIGQUIT');
      const giveUpAt = performance.now() + orphanDeadlineMs;
      while (isAlive(holder) && performance.now() < giveUpAt) await pause(25);
    }
  }
  rmSync(file, { force: true });
  rmSync(sockets, { recursive: true, force: true });
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === '28P01') {
      throw new LaunchProblem(
        'Postgres does not know the password in the data folder. `npm start -- --fresh` begins again.',
        error,
      );
    }
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
