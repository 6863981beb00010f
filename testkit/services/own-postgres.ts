import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { type PostgresPrograms, findPostgres } from '../../deploy/local/binaries/find-postgres.ts';
import { type Account, chooseAccount } from '../../deploy/local/host/account.ts';
import { freePort } from '../../deploy/local/host/ports.ts';
import { privateFolder, reachableFolder } from '../../deploy/local/host/reachable-folder.ts';
import { dataFolder } from '../../deploy/local/places.ts';
import { until } from '../until.ts';

/** A Postgres server that a test may stop and start without harming its neighbours. */
export type OwnPostgres = {
  /** As its superuser. */
  readonly url: string;
  /** Ends it at once, without notice to its clients. */
  kill(): Promise<void>;
  start(): Promise<void>;
};

const run = promisify(execFile);
const startWithinMs = 30_000;

/** A primary, and a standby that streams from it, on loopback, in a folder of their own. */
export async function startPostgresPair(): Promise<{
  readonly primary: OwnPostgres;
  readonly standby: OwnPostgres;
  close(): Promise<void>;
}> {
  const account = chooseAccount();
  const programs = findPostgres(account);
  const folder = privateFolder(
    mkdtempSync(join(reachableFolder(join(dataFolder, 'test-pairs'), account), 'pair-')),
    account,
  );
  const first = join(folder, 'primary');
  const second = join(folder, 'standby');
  await act(
    programs.initdb,
    [`--pgdata=${first}`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-sync'],
    account,
  );
  const primary = await serverIn(first, programs, account);
  await primary.start();
  await copyAsStandby(primary.url, { from: first, to: second, account });
  const standby = await serverIn(second, programs, account);
  await standby.start();
  return {
    primary,
    standby,
    close: async () => {
      await standby.kill();
      await primary.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Copies the data of a running primary, as a standby that streams from it once it is started.
 * @param primaryUrl as its superuser
 * @param folders.through where the standby finds the primary, if not at its own address
 */
export async function copyAsStandby(
  primaryUrl: string,
  folders: {
    readonly from: string;
    readonly to: string;
    readonly account: Account | undefined;
    readonly through?: string;
  },
): Promise<void> {
  const { from, to, account } = folders;
  const sql = postgres(primaryUrl, { max: 1, onnotice: () => {} });
  // The packages have no pg_basebackup, so the files are copied between the two calls that make such a copy consistent.
  await sql`select pg_backup_start('standby', true)`;
  await act('cp', ['-a', from, to], account);
  const [backup] = await sql`select labelfile from pg_backup_stop(false)`;
  await sql.end();
  rmSync(join(to, 'postmaster.pid'), { force: true });
  rmSync(join(to, 'postmaster.opts'), { force: true });
  writeFileSync(join(to, 'backup_label'), String(backup?.['labelfile']));
  writeFileSync(join(to, 'standby.signal'), '');
  const { hostname, port } = new URL(folders.through ?? primaryUrl);
  const { password } = new URL(primaryUrl);
  appendFileSync(
    join(to, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${hostname} port=${port} user=postgres password=''${password}'''\nwal_retrieve_retry_interval = '100ms'\n`,
  );
  await act('chmod', ['-R', 'u+rwX', to], undefined);
  if (account !== undefined) await act('chown', ['-R', `${account.uid}:${account.gid}`, to], undefined);
}

async function act(command: string, parameters: readonly string[], account: Account | undefined): Promise<void> {
  await run(command, [...parameters], {
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    timeout: 60_000,
    ...(account && { uid: account.uid, gid: account.gid }),
  });
}

async function serverIn(data: string, programs: PostgresPrograms, account: Account | undefined): Promise<OwnPostgres> {
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'fsync=off',
    'shared_buffers=32MB',
  ];
  let child: ChildProcess | undefined;
  return {
    url,
    kill: async () => {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      // SIGQUIT also ends its child processes. SIGKILL would leave them and their memory behind.
      child.kill('SIGQUIT');
      await ended;
      child = undefined;
    },
    start: async () => {
      child = spawn(programs.postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
        cwd: '/',
        env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
        stdio: 'ignore',
        ...(account && { uid: account.uid, gid: account.gid }),
      });
      await until(() => answers(url), startWithinMs);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
