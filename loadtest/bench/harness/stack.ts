import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { dataFolder, repositoryFolder } from '../../../deploy/local/places.ts';
import { nodeArguments } from '../../../deploy/local/stack/node-arguments.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';
import { type Services, startServices } from '../../../deploy/local/services/start-services.ts';
import { migrate } from '../../../drizzle/migrate.ts';
import { type OpenDb, openDb } from '../../../src/platform/database/db.ts';
import { productionSettings } from '../../production-settings.ts';
import { type ApiOptions, apiEnvironment } from './api-environment.ts';
import { bundleBench } from './bundle.ts';
import { endOnSignal, isInterrupted } from './interruption.ts';
import type { BenchOptions } from './options.ts';
import { type Pinning, createPinning, familyOf } from './pinning.ts';
import type { Parts } from './processors.ts';
import { profileFolder } from './profile.ts';

/** Postgres with fsync on, PgBouncer and Redis, migrated and empty, for one bench. */
export type BenchStack = {
  readonly services: Services;
  /** The folder of its servers' data, deleted at the end. */
  readonly folder: string;
  /** The service's access: antre_app, through PgBouncer. */
  readonly open: OpenDb;
  /** The owner of the tables, past PgBouncer and without the service's timeouts: for bulk rows and the audit. */
  readonly owner: OpenDb;
  /** Which processes are pinned to which core. */
  readonly pinned: string;
  /** Pins a process to the core of a single API process. One of several may run anywhere. */
  pinApi(pid: number, processes?: number): void;
  startApi(options: ApiOptions): Promise<BenchApi>;
  /** Lets the servers use every core for work that is not measured. */
  onAllCores<Result>(act: () => Promise<Result>): Promise<Result>;
  /** Runs statements as Postgres' superuser in the product's database. */
  asSuperuser<Result>(act: (sql: postgres.Sql) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
};

export type BenchApi = {
  readonly port: number;
  readonly operationsPorts: readonly number[];
  readonly pids: readonly number[];
  stop(): Promise<void>;
};

/** The system's processes by part. The API's are listed only while it runs. */
export function partsOf({ services }: Pick<BenchStack, 'services'>, api?: BenchApi): Parts {
  const pidsOf = (...names: string[]) =>
    names.map((name) => services.children.get(name)?.pid() ?? 0).filter((pid) => pid > 0);
  return {
    ...(api && { API: api.pids }),
    Postgres: pidsOf('postgres'),
    PgBouncer: pidsOf('pgbouncer'),
    Redis: pidsOf('redis-cache', 'redis-queue'),
  };
}

const callTimeoutMs = 60_000;
const bulkTimeoutMs = 3_600_000;
/** The control may use up to 32 connections, and PgBouncer must not limit it. */
const poolerConnections = 48;

/** Prints a line of progress with the minutes and seconds since the start. */
export function say(line: string): void {
  const seconds = Math.floor(performance.now() / 1000);
  const minutes = String(Math.floor(seconds / 60)).padStart(2);
  process.stderr.write(`  ${minutes}:${String(seconds % 60).padStart(2, '0')}  ${line}\n`);
}

/** @throws after stopping everything that was started and deleting its data */
export async function startBenchStack(name: string, options: BenchOptions): Promise<BenchStack> {
  const folder = join(dataFolder, `bench-${name}-${process.pid}`);
  say('starting Postgres, PgBouncer and Redis');
  const services = await startServices({
    dataFolder: folder,
    ports: 'free',
    durable: true,
    postgres: { settings: productionSettings() },
  });
  const clearUp = async () => {
    await services.stop();
    await discardData(folder);
  };
  const forget = endOnSignal(clearUp);
  try {
    const stack = await openStack({ services, folder, options });
    return {
      ...stack,
      close: async () => {
        if (isInterrupted()) return;
        forget();
        await stack.close();
        await clearUp();
      },
    };
  } catch (error) {
    if (isInterrupted()) throw error;
    forget();
    await clearUp();
    throw error;
  }
}

async function openStack(given: {
  readonly services: Services;
  readonly folder: string;
  readonly options: BenchOptions;
}): Promise<BenchStack> {
  const { services, folder, options } = given;
  const { addresses } = services;
  const asSuperuser = superuserOf(addresses);
  await migrate({ url: addresses.databaseDirectUrl });
  // The audit sorts millions of rows. The service's own role keeps its setting.
  await asSuperuser((sql) => sql.unsafe(`alter role antre_owner set work_mem = '128MB'`));
  await widenPooler(addresses.pgbouncerAdminUrl);
  const pinning = createPinning(options.pin);
  const servers = () => [...services.children.values()].flatMap((child) => familyOf(child.pid()));
  pinning.pinRest([process.pid, ...servers()]);
  say('bundling the API');
  const script = await bundleBench();
  const shared = { acquireTimeoutMs: 30_000, prepare: false };
  const open = openDb({ ...shared, url: addresses.databaseUrl, name: 'bench', poolSize: 4, callTimeoutMs });
  const ownerUrl = addresses.databaseDirectUrl;
  const owner = openDb({ ...shared, url: ownerUrl, name: 'owner', poolSize: 2, callTimeoutMs: bulkTimeoutMs });
  return {
    services,
    folder,
    open,
    owner,
    pinned: pinning.said,
    pinApi: (pid, processes = 1) => pinning.pinApi(pid, processes),
    asSuperuser,
    startApi: apiStarter(services, pinning, script, options),
    onAllCores: async (act) => {
      pinning.untie(servers());
      const result = await act();
      pinning.pinRest(servers());
      return result;
    },
    close: async () => {
      await open.close();
      await owner.close();
      pinning.release();
    },
  };
}

function apiStarter(
  services: Services,
  pinning: Pinning,
  script: string,
  options: BenchOptions,
): BenchStack['startApi'] {
  let made = 0;
  const startOne = async (port: number, processes: number, api: ApiOptions) => {
    const operationsPort = await freePort();
    made += 1;
    const child = await services.supervisor.start({
      name: `api-${made}`,
      command: process.execPath,
      args: [...nodeArguments, ...(options.profile ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : []), script],
      folder: repositoryFolder,
      environment: apiEnvironment({ addresses: services.addresses, port, operationsPort, processes, api }),
      stopSteps: [['SIGTERM', 12_000]],
      readyDeadlineMs: 30_000,
      isReady: async () =>
        (await fetch(`http://127.0.0.1:${operationsPort}/readyz`, { signal: AbortSignal.timeout(2000) })).ok,
    });
    return { child, operationsPort, pid: child.pid() };
  };
  return async (api) => {
    const port = await freePort();
    const { processes = 1, tied = processes === 1 } = api;
    const rest = () => [process.pid, ...[...services.children.values()].flatMap((child) => familyOf(child.pid()))];
    const started: Awaited<ReturnType<typeof startOne>>[] = [];
    for (let place = 0; place < processes; place += 1) started.push(await startOne(port, processes, api));
    const pids = started.map((one) => one.pid);
    if (tied) for (const pid of pids) pinning.pinApi(pid, processes);
    else pinning.untie([...pids, ...rest()]);
    // The first half second is the start of the process.
    await pause(500);
    return {
      port,
      operationsPorts: started.map((one) => one.operationsPort),
      pids,
      stop: async () => {
        await Promise.all(started.map((one) => one.child.stop()));
        if (!tied) pinning.pinRest(rest());
      },
    };
  };
}

/** The superuser's address of the product's database; that of the tables' owner when the database is someone else's. */
export function superuserUrl({ postgresAdminUrl, databaseDirectUrl }: Services['addresses']): string {
  const url = new URL(postgresAdminUrl ?? databaseDirectUrl);
  url.pathname = new URL(databaseDirectUrl).pathname;
  return url.href;
}

function superuserOf(addresses: Services['addresses']): BenchStack['asSuperuser'] {
  return async (act) => {
    const sql = postgres(superuserUrl(addresses), { max: 1, onnotice: () => {} });
    try {
      return await act(sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
  };
}

async function widenPooler(adminUrl: string | undefined): Promise<void> {
  if (adminUrl === undefined) return;
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(`set default_pool_size = '${poolerConnections}'`).simple();
  } finally {
    await sql.end({ timeout: 5 });
  }
}
