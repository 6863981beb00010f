import { join } from 'node:path';
import postgres from 'postgres';
import { findPgBouncer, preparingPgBouncer } from '../binaries/find-servers.ts';
import { type FoundProgram, isAtLeast } from '../binaries/find-system-program.ts';
import { privateFolder, privateWriter } from '../host/reachable-folder.ts';
import type { Supervised } from '../host/supervisor.ts';
import { silent } from '../progress.ts';
import type { ServiceContext } from './service-options.ts';
import type { LocalPostgres } from './start-postgres.ts';

/** A running PgBouncer. */
export interface LocalPgBouncer {
  readonly child: Supervised;
  /** Its console, for `show stats` and the like; simple queries only, and no lookup of types. */
  readonly adminUrl: string;
  /** True when it keeps prepared statements apart by client (1.21 and newer). */
  readonly preparedStatements: boolean;
  /** The address of a database through it, as `antre_app`. */
  readonly url: (database: string) => string;
  /** That of the service's database, for counts of whole events. */
  readonly countsUrl: string;
}

/** Where a PgBouncer runs. */
export interface PoolerPlace {
  /** Its machine in a drill of several. */
  readonly machine?: string;
  readonly address: string;
  readonly port: number;
  /** A process in whose network namespace it runs. */
  readonly network?: number;
}

const readyDeadlineMs = 15_000;

/** The name of the service's database for counts of whole events, and their connections over all processes, as in `deploy/pgbouncer`. */
const counts = { name: 'antre_counts', connections: 4 };

/** Postgres, and the database of the service. */
interface Upstream extends Pick<LocalPostgres, 'host' | 'port'> {
  readonly database: string;
}

/** Starts PgBouncer in transaction mode in front of Postgres, for every database that Postgres has. */
export async function startPgBouncer(
  { folder, account, secrets, supervisor, durable }: ServiceContext,
  program: FoundProgram,
  { machine, address, port, network }: PoolerPlace,
  server: Upstream,
): Promise<LocalPgBouncer> {
  const own = privateFolder(join(folder, 'pgbouncer', machine ?? ''), account);
  const preparedStatements = isAtLeast(program, {}, preparingPgBouncer);
  const write = privateWriter(own, account);
  const users = write(
    'users.txt',
    [
      ['antre_app', secrets.appPassword],
      ['antre_owner', secrets.ownerPassword],
      ['antre_operator', secrets.pgbouncerPassword],
    ]
      .map(([user, password]) => `"${user}" "${password}"\n`)
      .join(''),
  );
  const settings = write('pgbouncer.ini', iniFile(server, { address, port }, { users, preparedStatements, durable }));
  const at = `${address}:${port}`;
  const adminUrl = `postgres://antre_operator:${secrets.pgbouncerPassword}@${at}/pgbouncer`;
  const child = await supervisor.start({
    name: machine === undefined ? 'pgbouncer' : `pgbouncer-${machine}`,
    network,
    command: program.command,
    args: [settings],
    environment: program.environment,
    folder: own,
    account,
    stopSteps: [['SIGINT', 2000]],
    readyDeadlineMs,
    isReady: () => answers(adminUrl),
  });
  const url = (database: string) => `postgres://antre_app:${secrets.appPassword}@${at}/${database}`;
  return { child, adminUrl, preparedStatements, url, countsUrl: url(counts.name) };
}

/**
 * Starts one beside that of `startServices`, on another machine of a drill.
 * @returns the address of the database through it
 */
export async function startFurtherPooler(
  context: ServiceContext,
  place: PoolerPlace,
  { server, database }: { readonly server: LocalPostgres | undefined; readonly database: string },
): Promise<string> {
  if (server === undefined || context.address === undefined)
    throw new Error('a further PgBouncer needs a Postgres of ours that other machines reach');
  const program = await findPgBouncer(context.account, silent);
  const pool = await startPgBouncer(context, program, place, { host: context.address, port: server.port, database });
  return pool.url(database);
}

function iniFile(
  server: Upstream,
  { address, port }: Pick<PoolerPlace, 'address' | 'port'>,
  given: { readonly users: string; readonly preparedStatements: boolean; readonly durable: boolean },
): string {
  const { users, preparedStatements, durable } = given;
  // Tests open thousands of connections, and for each the other method hashes the password 4,096 times on both sides.
  const authType = durable ? 'scram-sha-256' : 'md5';
  return `[databases]
${counts.name} = host='${server.host}' port=${server.port} dbname=${server.database} pool_size=${counts.connections} max_db_connections=${counts.connections}
* = host='${server.host}' port=${server.port}

[pgbouncer]
listen_addr = ${address}
listen_port = ${port}
unix_socket_dir =
auth_type = ${authType}
auth_file = ${users}
admin_users = antre_operator
pool_mode = transaction
default_pool_size = 40
max_client_conn = 2000
query_wait_timeout = 2
server_login_retry = 1
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
${preparedStatements ? 'max_prepared_statements = 200\n' : ''}`;
}

async function answers(adminUrl: string): Promise<boolean> {
  const sql = postgres(adminUrl, { max: 1, connect_timeout: 2, fetch_types: false, onnotice: () => {} });
  try {
    await sql`show version`.simple();
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
