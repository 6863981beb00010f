import { join } from 'node:path';
import postgres from 'postgres';
import { freePort } from '../../../deploy/local/host/ports.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { dataFolder, repositoryFolder } from '../../../deploy/local/places.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';
import { type Services, startServices } from '../../../deploy/local/services/start-services.ts';
import { nodeArguments } from '../../../deploy/local/stack/node-arguments.ts';
import { migrate } from '../../../drizzle/migrate.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { type OpenDb, openDb } from '../../../src/platform/database/db.ts';
import { apiEnvironment } from '../../bench/harness/api-environment.ts';
import { endOnSignal, isInterrupted } from '../../bench/harness/interruption.ts';
import { type Mutant, removeGuards } from './mutants.ts';
import { bundlePrograms } from './programs.ts';

/** The whole product with the sandbox, on servers that a drill may break. */
export type DrillWorld = {
  readonly services: Services;
  readonly sandbox: Sandbox;
  readonly api: Supervised;
  readonly workers: readonly Supervised[];
  readonly url: string;
  /** Of the servers' data. */
  readonly folder: string;
  /** Past PgBouncer and without the service's timeouts: for seeds and the audit. */
  readonly owner: OpenDb;
  readonly orderTokenSecret: string;
  close(): Promise<void>;
};

export type WorldOptions = {
  readonly seed: number;
  readonly mutant?: Mutant | undefined;
  readonly workers?: number;
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
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  const forget = endOnSignal(close);
  const closeAndForget = async () => {
    if (isInterrupted()) return;
    forget();
    await close();
  };
  try {
    return { ...(await startWorld(closers, options)), close: closeAndForget };
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
  const url = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({
    timeScale: 0.1,
    seed: options.seed,
    notificationUrl: `${url}/unused`,
    whatsappCallbackUrl: `${url}/v1/callbacks/whatsapp/{phoneNumberId}`,
  });
  closers.push(() => sandbox.close());
  if (options.prepareFolder !== undefined) closers.push(options.prepareFolder(folder));
  closers.push(() => discardData(folder));
  const services = await startServices({ dataFolder: folder, ports: 'free', durable: true });
  closers.push(() => services.stop());
  await migrate({ url: services.addresses.databaseDirectUrl });
  if (options.mutant !== undefined) await asSuperuser(services, options.mutant);
  const owner = openDb({
    url: services.addresses.databaseDirectUrl,
    name: 'owner',
    poolSize: 2,
    acquireTimeoutMs: 30_000,
    callTimeoutMs: 120_000,
    prepare: false,
  });
  closers.push(() => owner.close());
  const programs = await bundlePrograms(options.mutant);
  closers.push(programs.remove);
  const wire = await options.databaseWire?.(services.addresses.databaseUrl);
  if (wire !== undefined) closers.push(wire.close);
  const start = programStarter({ services, sandbox, port, url, options });
  const api = await start('api', programs.api, wire === undefined ? {} : { DATABASE_URL: wire.url });
  const workers: Supervised[] = [];
  for (let number = 1; number <= (options.workers ?? 1); number += 1)
    workers.push(await start(`worker-${number}`, programs.worker, {}));
  const orderTokenSecret = String(
    apiEnvironment({ addresses: services.addresses, port, operationsPort: 0, processes: 1, api: {} })[
      'ORDER_TOKEN_SECRET'
    ],
  );
  return { services, sandbox, api, workers, url, folder, owner, orderTokenSecret };
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
