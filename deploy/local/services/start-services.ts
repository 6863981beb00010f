import { join } from 'node:path';
import { type PostgresPrograms, findPostgres } from '../binaries/find-postgres.ts';
import { findPgBouncer, findRedis } from '../binaries/find-servers.ts';
import type { FoundProgram } from '../binaries/find-system-program.ts';
import { chooseAccount } from '../host/account.ts';
import { endLeftovers, openLedger } from '../host/ledger.ts';
import { freePort } from '../host/ports.ts';
import { reachableFolder } from '../host/reachable-folder.ts';
import { createSupervisor, type Supervised, type Supervisor } from '../host/supervisor.ts';
import { type Say, silent, step } from '../progress.ts';
import { discardLockedData } from './discard-locked-data.ts';
import { keepSecrets } from './keep-secrets.ts';
import { provisionDatabase } from './provision-database.ts';
import { type ServiceContext, type ServiceSecrets, serviceSecretNames } from './service-options.ts';
import { type LocalPgBouncer, type PoolerPlace, startFurtherPooler, startPgBouncer } from './start-pgbouncer.ts';
import { type LocalPostgres, startPostgres } from './start-postgres.ts';
import { type LocalRedis, type RedisRole, startRedis } from './start-redis.ts';

const databaseDefault = 'antre';

/** Where the local servers listen, on 127.0.0.1. */
export interface ServicePorts {
  readonly postgres: number;
  readonly pgbouncer: number;
  readonly redisCache: number;
  readonly redisQueue: number;
}

/** Services that someone else runs. Those given are not started here. */
export interface ExternalServices {
  readonly databaseUrl?: string | undefined;
  /** Past any PgBouncer, as the owner of the tables; the same as `databaseUrl` when missing. */
  readonly databaseDirectUrl?: string | undefined;
  readonly redisCacheUrl?: string | undefined;
  readonly redisQueueUrl?: string | undefined;
}

export interface ServicesOptions {
  /** Data, logs, secrets and the list of running processes; created if missing. One set of services per folder. */
  readonly dataFolder: string;
  readonly ports: 'free' | ServicePorts;
  /** False turns fsync off, for tests: nobody needs their data after a power cut. */
  readonly durable: boolean;
  /** Whether to restart services that die. */
  readonly restart?: boolean;
  /** The database's name; `antre` unless told. */
  readonly database?: string;
  readonly external?: ExternalServices;
  /** An address beside 127.0.0.1 at which Postgres and Redis are reached from other machines of a drill. */
  readonly address?: string | undefined;
  /** Further settings of Postgres as `name=value`, and another Postgres than the one that came with the packages. */
  readonly postgres?: { readonly programs?: PostgresPrograms; readonly settings: readonly string[] };
  readonly say?: Say;
  /** When it fires, everything is stopped and a running start fails. */
  readonly stopSignal?: AbortSignal;
}

/** The addresses that the product needs, and those for tools. */
export interface ServiceAddresses {
  /** As antre_app, through PgBouncer; the second with few connections, for counts of whole events, if the database is ours. */
  readonly databaseUrl: string;
  readonly databaseCountsUrl?: string;
  /** As antre_owner, past PgBouncer. */
  readonly databaseDirectUrl: string;
  readonly redisCacheUrl: string;
  readonly redisQueueUrl: string;
  /** The superuser, past PgBouncer, in database `postgres`; absent when the database is someone else's. */
  readonly postgresAdminUrl?: string;
  /** PgBouncer's console (`fetch_types: false`, simple queries only). */
  readonly pgbouncerAdminUrl?: string;
  /** PgBouncer is new enough for prepared statements. */
  readonly preparedStatements: boolean;
}

export interface Services {
  readonly addresses: ServiceAddresses;
  /** The servers started here by name (postgres, pgbouncer, redis-cache, redis-queue), for fault drills. */
  readonly children: ReadonlyMap<string, Supervised>;
  /** For further children of the same stack: stopped before the services. */
  readonly supervisor: Supervisor;
  /** Starts a further PgBouncer on another machine of a drill. @returns the address of the database through it, as antre_app */
  startPooler(place: PoolerPlace): Promise<string>;
  /** Stops everything and deletes the list of running processes. Data is kept. */
  stop(): Promise<void>;
}

/**
 * Starts Postgres behind PgBouncer, and Redis in two roles, and creates the product's roles and an empty database. First ends
 * processes that a killed run in the same folder left behind.
 * @throws LaunchProblem that says what to do, after stopping everything that was started
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { dataFolder, external = {}, say = silent, database = databaseDefault } = options;
  const account = chooseAccount();
  await discardLockedData(dataFolder, say);
  const folder = reachableFolder(dataFolder, account);
  const ledgerFile = join(dataFolder, 'stack.json');
  const leftovers = await endLeftovers(ledgerFile);
  if (leftovers.length > 0) say(`          ended what a killed run left behind: ${leftovers.join(', ')}`);
  const ledger = openLedger(ledgerFile);
  const supervisor = createSupervisor({
    logFolder: join(dataFolder, 'logs'),
    ledger,
    restart: options.restart ?? false,
    say,
  });
  const stop = async () => {
    await supervisor.stopAll();
    ledger.close();
  };
  options.stopSignal?.addEventListener('abort', () => void supervisor.stopAll(), { once: true });
  try {
    const secrets = keepSecrets(join(dataFolder, 'secrets.json'), serviceSecretNames);
    const context: ServiceContext = {
      folder,
      account,
      secrets,
      supervisor,
      durable: options.durable,
      address: options.address,
    };
    const ports = options.ports === 'free' ? await freePorts() : options.ports;
    const own = await startOwn(context, ports, options);
    return {
      addresses: addressesOf(own, external, database, secrets),
      children: childrenOf(own),
      supervisor,
      startPooler: (place) => startFurtherPooler(context, place, { server: own.database?.server, database }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface OwnServices {
  readonly database: { readonly server: LocalPostgres; readonly pool: LocalPgBouncer } | undefined;
  readonly cache: LocalRedis | undefined;
  readonly queue: LocalRedis | undefined;
}

async function startOwn(context: ServiceContext, ports: ServicePorts, options: ServicesOptions): Promise<OwnServices> {
  const { external = {}, say = silent } = options;
  const redisWanted = external.redisCacheUrl === undefined || external.redisQueueUrl === undefined;
  const redis = redisWanted ? findRedis(context.account, say) : undefined;
  const [database, cache, queue] = await allSettledOrThrow([
    external.databaseUrl === undefined ? startDatabase(context, ports, options) : undefined,
    redis && external.redisCacheUrl === undefined
      ? startRole(context, redis, 'cache', ports.redisCache, say)
      : undefined,
    redis && external.redisQueueUrl === undefined
      ? startRole(context, redis, 'queue', ports.redisQueue, say)
      : undefined,
  ]);
  return { database, cache, queue };
}

async function startDatabase(
  context: ServiceContext,
  ports: ServicePorts,
  { postgres, database = databaseDefault, say = silent }: ServicesOptions,
): Promise<OwnServices['database']> {
  const poolProgram = findPgBouncer(context.account, say);
  const start = async () => {
    const server = await startPostgres(
      context,
      postgres?.programs ?? findPostgres(context.account),
      ports.postgres,
      postgres?.settings,
    );
    await provisionDatabase(server.adminUrl, database, context.secrets);
    return server;
  };
  const [program, server] = await allSettledOrThrow([
    poolProgram,
    step(say, `Postgres on 127.0.0.1:${ports.postgres}`, start),
  ]);
  const pool = await step(say, `PgBouncer on 127.0.0.1:${ports.pgbouncer}`, () =>
    startPgBouncer(context, program, { address: '127.0.0.1', port: ports.pgbouncer }, { ...server, database }),
  );
  return { server, pool };
}

async function startRole(
  context: ServiceContext,
  program: Promise<FoundProgram>,
  role: RedisRole,
  port: number,
  say: Say,
): Promise<LocalRedis> {
  const found = await program;
  return step(say, `Redis (${role}) on 127.0.0.1:${port}`, () => startRedis(context, found, role, port));
}

function addressesOf(
  own: OwnServices,
  external: ExternalServices,
  name: string,
  secrets: ServiceSecrets,
): ServiceAddresses {
  const redis = {
    redisCacheUrl: own.cache?.url ?? external.redisCacheUrl ?? '',
    redisQueueUrl: own.queue?.url ?? external.redisQueueUrl ?? '',
  };
  if (own.database === undefined) {
    const databaseUrl = external.databaseUrl ?? '';
    return {
      ...redis,
      databaseUrl,
      databaseDirectUrl: external.databaseDirectUrl ?? databaseUrl,
      preparedStatements: false,
    };
  }
  const { server, pool } = own.database;
  return {
    ...redis,
    databaseUrl: pool.url(name),
    databaseCountsUrl: pool.countsUrl,
    databaseDirectUrl: `postgres://antre_owner:${secrets.ownerPassword}@127.0.0.1:${server.port}/${name}`,
    postgresAdminUrl: server.adminUrl('postgres'),
    pgbouncerAdminUrl: pool.adminUrl,
    preparedStatements: pool.preparedStatements,
  };
}

function childrenOf({ database, cache, queue }: OwnServices): ReadonlyMap<string, Supervised> {
  const children = [database?.server.child, database?.pool.child, cache?.child, queue?.child].filter(
    (child) => child !== undefined,
  );
  return new Map(children.map((child) => [child.name, child]));
}

async function freePorts(): Promise<ServicePorts> {
  return {
    postgres: await freePort(),
    pgbouncer: await freePort(),
    redisCache: await freePort(),
    redisQueue: await freePort(),
  };
}

/** Like Promise.all, but waits for the others if one fails, so that nothing is still starting while we stop. */
async function allSettledOrThrow<T extends readonly unknown[]>(
  acts: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(acts);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return Promise.all(acts) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}
