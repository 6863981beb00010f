import { join } from 'node:path';
import postgres from 'postgres';
import { findNginx } from '../../../deploy/local/binaries/find-servers.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { dataFolder, repositoryFolder } from '../../../deploy/local/places.ts';
import { startNginx } from '../../../deploy/local/services/start-nginx.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';
import { type Services, type ServicesOptions, startServices } from '../../../deploy/local/services/start-services.ts';
import { nodeArguments } from '../../../deploy/local/stack/node-arguments.ts';
import { migrate } from '../../../drizzle/migrate.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { type OpenDb, openDb } from '../../../src/platform/database/db.ts';
import { apiEnvironment, benchOrderTokenSecret } from '../../bench/harness/api-environment.ts';
import { endOnSignal, isInterrupted } from '../../bench/harness/interruption.ts';
import { say } from '../../bench/harness/stack.ts';
import { type Mutant, removeGuards } from './mutants.ts';
import { bundlePrograms } from './programs.ts';
import { type Standby, pointPgBouncerAt, startStandby } from './standby.ts';

/** The whole product with the sandbox, on servers that a drill may break. */
export type DrillWorld = {
  readonly services: Services;
  readonly sandbox: Sandbox;
  /** Processes that share one port. */
  readonly apis: readonly Supervised[];
  readonly workers: readonly Supervised[];
  /** Where buyers come: the edge if there is one, else the API itself. */
  readonly url: string;
  /** Of the servers' data. */
  readonly folder: string;
  /** Past PgBouncer and without the service's timeouts: for seeds and the audit. */
  readonly owner: OpenDb;
  readonly orderTokenSecret: string;
  readonly standby: Standby | undefined;
  /** Names another Postgres on this machine as the primary, to PgBouncer and for `owner`. */
  movePrimary(port: number): Promise<void>;
  close(): Promise<void>;
};

export type WorldOptions = {
  readonly seed: number;
  readonly mutant?: Mutant | undefined;
  readonly apis?: number;
  readonly workers?: number;
  /** nginx with production's rules before the API. */
  readonly edge?: boolean;
  /** A second Postgres, for which each commit waits. */
  readonly standby?: boolean;
  /** Another Postgres than the one of the packages. Called with the folder before the servers start. */
  readonly postgres?: (folder: string) => Promise<NonNullable<ServicesOptions['postgres']>>;
  /** For the API and the workers, beside the product's own. */
  readonly nodeArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Called before the servers start in the folder. @returns what undoes it after they have ended */
  readonly prepareFolder?: ((folder: string) => () => void) | undefined;
  /** Puts something between the API and PgBouncer. */
  readonly databaseWire?: ((url: string) => Promise<{ readonly url: string; close(): Promise<void> }>) | undefined;
};

type Closers = (() => unknown)[];

/** @throws after stopping everything that was started and deleting its data */
export async function openDrillWorld(options: WorldOptions): Promise<DrillWorld> {
  const closers: Closers = [];
  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  const close = () => (closing ??= closeAll());
  const forget = endOnSignal(close);
  const closeAndForget = async () => {
    if (isInterrupted()) return;
    await close();
    forget();
  };
  try {
    return Object.assign(await startWorld(closers, options), { close: closeAndForget });
  } catch (error) {
    await closeAndForget();
    throw error;
  }
}

let made = 0;

/** @param closers stop what was started, in the order of the starts */
async function startWorld(closers: Closers, options: WorldOptions): Promise<Omit<DrillWorld, 'close'>> {
  made += 1;
  const folder = join(dataFolder, `drill-${process.pid}-${made}`);
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({
    timeScale: 0.1,
    seed: options.seed,
    notificationUrl: `${apiUrl}/unused`,
    whatsappCallbackUrl: `${apiUrl}/v1/callbacks/whatsapp/{phoneNumberId}`,
  });
  closers.push(() => sandbox.close());
  if (options.prepareFolder !== undefined) closers.push(options.prepareFolder(folder));
  closers.push(() => discardData(folder));
  const postgres = await options.postgres?.(folder);
  const services = await startServices({
    dataFolder: folder,
    ports: 'free',
    durable: true,
    ...(postgres === undefined ? {} : { postgres }),
  });
  closers.push(() => services.stop());
  await migrate({ url: services.addresses.databaseDirectUrl });
  if (options.mutant !== undefined) await asSuperuser(services, options.mutant);
  const standby = options.standby === true ? await startStandby(services, folder) : undefined;
  closers.push(() => standby?.close());
  let owner = openOwner(services.addresses.databaseDirectUrl);
  closers.push(() => owner.close());
  const programs = await bundlePrograms(options.mutant);
  closers.push(programs.remove);
  const wire = await options.databaseWire?.(services.addresses.databaseUrl);
  if (wire !== undefined) closers.push(wire.close);
  const start = programStarter({ services, sandbox, port, url: apiUrl, options });
  const databaseWire = wire === undefined ? {} : { DATABASE_URL: wire.url };
  const apis = await startAll('api', options.apis, (name) => start(name, programs.api, databaseWire));
  const workers = await startAll('worker', options.workers, (name) => start(name, programs.worker, {}));
  const url = options.edge === true ? await startEdge(services, folder, { port, apis: apis.length }) : apiUrl;
  return {
    services,
    sandbox,
    apis,
    workers,
    url,
    folder,
    get owner() {
      return owner;
    },
    orderTokenSecret: benchOrderTokenSecret,
    standby,
    movePrimary: async (to) => {
      const left = owner;
      await pointPgBouncerAt(to, services, folder);
      owner = openOwner(Object.assign(new URL(services.addresses.databaseDirectUrl), { port: String(to) }).href);
      await left.close();
    },
  };
}

function openOwner(url: string): OpenDb {
  return openDb({
    url,
    name: 'owner',
    poolSize: 2,
    acquireTimeoutMs: 30_000,
    callTimeoutMs: 120_000,
    prepare: false,
  });
}

async function startAll(
  kind: string,
  count: number | undefined,
  start: (name: string) => Promise<Supervised>,
): Promise<Supervised[]> {
  const started: Supervised[] = [];
  for (let number = 1; number <= (count ?? 1); number += 1) started.push(await start(`${kind}-${number}`));
  return started;
}

/** All buyers of a drill come from one network. */
const edgeRequestsPerSecond = 100_000;

async function startEdge(
  { supervisor }: Services,
  folder: string,
  { port, apis }: { readonly port: number; readonly apis: number },
): Promise<string> {
  const account = chooseAccount();
  const { url } = await startNginx(
    { folder: reachableFolder(folder, account), account, supervisor },
    await findNginx(account, say),
    { port: await freePort(), apiPort: port, apiProcesses: apis, requestsPerSecond: edgeRequestsPerSecond },
  );
  return url;
}

function programStarter(given: {
  readonly services: Services;
  readonly sandbox: Sandbox;
  readonly port: number;
  readonly url: string;
  readonly options: WorldOptions;
}): (name: string, script: string, environment: Readonly<Record<string, string>>) => Promise<Supervised> {
  const { services, sandbox, port, url, options } = given;
  return async (name, script, environment) => {
    const operationsPort = await freePort();
    return services.supervisor.start({
      name,
      command: process.execPath,
      args: [...nodeArguments, ...(options.nodeArguments ?? []), script],
      folder: repositoryFolder,
      environment: {
        ...apiEnvironment({ addresses: services.addresses, port, operationsPort, processes: 1, api: {} }),
        PUBLIC_URL: url,
        MIDTRANS_SNAP_URL: `${sandbox.url}/midtrans`,
        MIDTRANS_API_URL: `${sandbox.url}/midtrans`,
        MIDTRANS_CREATES_PER_SECOND: '200',
        GATEWAY_TIMEOUT_MS: '3000',
        WHATSAPP_GRAPH_URL: `${sandbox.url}/graph`,
        SMTP_URL: sandbox.smtpUrl,
        ...options.environment,
        ...environment,
      },
      stopSteps: [['SIGTERM', 12_000]],
      readyDeadlineMs: 30_000,
      isReady: async () =>
        (await fetch(`http://127.0.0.1:${operationsPort}/readyz`, { signal: AbortSignal.timeout(2000) })).ok,
    });
  };
}

async function asSuperuser({ addresses }: Services, mutant: Mutant): Promise<void> {
  const url = new URL(addresses.postgresAdminUrl ?? addresses.databaseDirectUrl);
  url.pathname = new URL(addresses.databaseDirectUrl).pathname;
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  try {
    await removeGuards(mutant, sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
