import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findDebianPostgres, findPgBackRest } from '../../../deploy/local/binaries/find-debian-postgres.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { privateFolder, reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { postgresSettings } from '../../../deploy/local/services/start-postgres.ts';
import type { Services, ServicesOptions } from '../../../deploy/local/services/start-services.ts';
import { say } from '../../bench/harness/stack.ts';
import { asked } from '../world/standby.ts';

type Target = { readonly type: 'name'; readonly name: string } | { readonly type: 'immediate' };

/** A repository of pgBackRest with production's settings, in the folder of a drill. */
export type Backups = {
  /** Which Postgres to start, so that it archives its log here. */
  readonly postgres: NonNullable<ServicesOptions['postgres']>;
  /** Prepares the repository once Postgres runs. */
  create(services: Services): Promise<void>;
  /** Makes a full base backup. */
  backUp(): Promise<void>;
  /**
   * Restores into a second data folder and starts a server on it.
   * @returns its port, once it accepts writes
   */
  restoreTo(target: Target, services: Services): Promise<number>;
  close(): Promise<void>;
};

const run = promisify(execFile);
const actDeadlineMs = 300_000;
const stanza = 'antre';
/**
 * As in production (deploy/postgres/postgresql.conf): WAL that is not full yet is also archived, after this many
 * seconds.
 */
const archiveTimeoutSeconds = 30;

/** @param folder of the servers' data */
export async function openBackups(folder: string): Promise<Backups> {
  const account = chooseAccount();
  const reachable = reachableFolder(folder, account);
  const own = privateFolder(join(reachable, 'backups'), account);
  const [first, second] = [join(reachable, 'postgres'), join(own, 'restored')];
  for (const name of ['repository', 'log', 'lock', 'restored']) privateFolder(join(own, name), account);
  const programs = await findDebianPostgres(account, say);
  const program = await findPgBackRest(account, say);
  const settingsFile = join(own, 'pgbackrest.conf');
  // The account may be unable to read the repository.
  writeFileSync(settingsFile, readFileSync(join(repositoryFolder, 'deploy/backup/pgbackrest.conf')), { mode: 0o644 });
  // Both may have been unpacked, each with libraries of its own.
  const libraries = [program.environment, programs.environment ?? {}].flatMap((each) => each['LD_LIBRARY_PATH'] ?? []);
  // Variables override the file.
  const environmentOf = (data: string): NodeJS.ProcessEnv => ({
    ...process.env,
    ...(libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(delimiter) }),
    PGBACKREST_CONFIG: settingsFile,
    PGBACKREST_STANZA: stanza,
    PGBACKREST_REPO1_PATH: join(own, 'repository'),
    PGBACKREST_REPO1_CIPHER_PASS: 'of-a-drill',
    PGBACKREST_LOG_PATH: join(own, 'log'),
    PGBACKREST_LOCK_PATH: join(own, 'lock'),
    PGBACKREST_PG1_PATH: data,
  });
  const settings = [
    'archive_mode=on',
    `archive_timeout=${archiveTimeoutSeconds}s`,
    `archive_command='${program.command}' archive-push %p`,
  ];
  let connection: NodeJS.ProcessEnv = {};
  const act = async (name: string, more: readonly string[] = [], data = first) => {
    await run(program.command, [...more, name], {
      cwd: own,
      env: { ...environmentOf(data), ...connection },
      timeout: actDeadlineMs,
      ...(account && { uid: account.uid, gid: account.gid }),
    });
  };
  let restored: Supervised | undefined;
  return {
    postgres: { programs: { ...programs, environment: environmentOf(first) }, settings },
    create: async ({ addresses }) => {
      const url = new URL(addresses.postgresAdminUrl ?? '');
      connection = {
        PGBACKREST_PG1_PORT: url.port,
        PGHOST: '127.0.0.1',
        PGPASSWORD: url.password,
      };
      await act('stanza-create');
      await act('check');
    },
    backUp: () => act('backup', ['--type=full']),
    restoreTo: async (target, services) => {
      const point = target.type === 'name' ? [`--target=${target.name}`] : [];
      await act('restore', [`--type=${target.type}`, ...point, '--target-action=promote'], second);
      const port = await freePort();
      const all = [...postgresSettings(port, '', true), ...settings];
      restored = await services.supervisor.start({
        name: 'restored',
        command: programs.postgres,
        args: ['-D', second, ...all.flatMap((setting) => ['-c', setting])],
        environment: { ...environmentOf(second), LC_ALL: 'C', TZ: 'UTC' },
        folder: second,
        account,
        stopSteps: [['SIGQUIT', 5000]],
        readyDeadlineMs: actDeadlineMs,
        isReady: async () => takesWrites(services, port),
      });
      return port;
    },
    close: async () => {
      await restored?.stop();
      rmSync(own, { recursive: true, force: true });
    },
  };
}

async function takesWrites({ addresses }: Services, port: number): Promise<boolean> {
  const url = Object.assign(new URL(addresses.postgresAdminUrl ?? ''), { port: String(port) }).href;
  return (await asked(url, 'select pg_is_in_recovery()::text as said').catch(() => undefined)) === 'false';
}
