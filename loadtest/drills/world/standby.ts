import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { findPostgres } from '../../../deploy/local/binaries/find-postgres.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { privateFolder, reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import { postgresSettings } from '../../../deploy/local/services/start-postgres.ts';
import type { Services } from '../../../deploy/local/services/start-services.ts';
import { copyAsStandby } from '../../../testkit/services/own-postgres.ts';
import { openTcpProxy } from '../../../testkit/services/tcp-proxy.ts';
import { until } from '../../../testkit/until.ts';

/** A second Postgres that streams from the primary. Each commit waits until it is on both disks. */
export type Standby = {
  /** Cuts the connection between the two silently: neither sees that it has ended. */
  cutOff(): void;
  /** Bytes of WAL that the primary has on its disk and the standby has not. */
  bytesBehind(): Promise<number>;
  /**
   * Promotes it to primary.
   * @returns its port
   */
  promote(): Promise<number>;
  close(): Promise<void>;
};

const promoteWithinSeconds = 60;

/** @param folder of the services' data */
export async function startStandby(services: Services, folder: string): Promise<Standby> {
  const account = chooseAccount();
  const reachable = reachableFolder(folder, account);
  const own = privateFolder(join(reachable, 'standby'), account);
  const data = join(own, 'data');
  const primaryUrl = services.addresses.postgresAdminUrl ?? '';
  const wire = await openTcpProxy(primaryUrl);
  await copyAsStandby(primaryUrl, { from: join(reachable, 'postgres'), to: data, account, through: wire.url });
  const port = await freePort();
  const at = (url: string) => Object.assign(new URL(url), { port: String(port) }).href;
  const child = await services.supervisor.start({
    name: 'standby',
    command: findPostgres(account).postgres,
    args: ['-D', data, ...postgresSettings(port, '', true).flatMap((setting) => ['-c', setting])],
    environment: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    folder: data,
    account,
    stopSteps: [['SIGQUIT', 5000]],
    readyDeadlineMs: 60_000,
    isReady: async () => (await asked(at(primaryUrl), 'select pg_is_in_recovery()::text as said')) === 'true',
  });
  await asked(primaryUrl, "alter system set synchronous_standby_names = '*'");
  await asked(primaryUrl, 'select pg_reload_conf()::text as said');
  await until(async () => (await asked(primaryUrl, 'select sync_state as said from pg_stat_replication')) === 'sync');
  return {
    cutOff: () => wire.silenceAll(),
    bytesBehind: async () => {
      const has = await asked(at(primaryUrl), 'select pg_last_wal_receive_lsn()::text as said');
      return Number(await asked(primaryUrl, `select (pg_current_wal_flush_lsn() - '${has}'::pg_lsn)::text as said`));
    },
    promote: async () => {
      await asked(at(primaryUrl), `select pg_promote(true, ${promoteWithinSeconds})::text as said`);
      return port;
    },
    close: async () => {
      await child.stop();
      await wire.close();
      rmSync(own, { recursive: true, force: true });
    },
  };
}

/**
 * Points PgBouncer at another Postgres.
 * @param folder of the services' data
 */
export async function pointPgBouncerAt(port: number, services: Services, folder: string): Promise<void> {
  const file = join(reachableFolder(folder, chooseAccount()), 'pgbouncer', 'pgbouncer.ini');
  const settings = readFileSync(file, 'utf8');
  writeFileSync(file, settings.replaceAll(/ = host='[^']*' port=\d+/g, ` = host='127.0.0.1' port=${port}`));
  await asked(services.addresses.pgbouncerAdminUrl ?? '', 'reload');
}

/** The column `said` of one statement's row. PgBouncer's console accepts no other kind of call. */
export async function asked(url: string, statement: string): Promise<string | undefined> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} });
  try {
    const [row] = await sql.unsafe(statement).simple();
    return row?.['said'] as string | undefined;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
