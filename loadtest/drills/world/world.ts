import { join } from 'node:path';
import { freePort } from '../../../deploy/local/host/ports.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { dataFolder } from '../../../deploy/local/places.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';
import { type Services, type ServicesOptions, startServices } from '../../../deploy/local/services/start-services.ts';
import { migrate } from '../../../drizzle/migrate.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { type OpenDb, openDb } from '../../../src/platform/database/db.ts';
import { benchOrderTokenSecret } from '../../bench/harness/api-environment.ts';
import { endOnSignal, isInterrupted } from '../../bench/harness/interruption.ts';
import { productionSettings } from '../../production-settings.ts';
import { endKilledDrills } from './end-killed-drills.ts';
import { type Mutant, removeGuards } from './mutants.ts';
import { type Machine, openNetwork } from './network.ts';
import { bundlePrograms } from './programs.ts';
import { type Surroundings, startEdge, startPrograms } from './start-programs.ts';
import { type Standby, pointPgBouncerAt, startStandby } from './standby.ts';

/** The whole product with the sandbox, on servers that a drill may break. */
export type DrillWorld = {
  readonly services: Services;
  readonly sandbox: Sandbox;
  /** Processes that share one port. */
  readonly apis: readonly Supervised[];
  readonly workers: readonly Supervised[];
  /** The machines of the programs by their names, if each has one of its own. */
  readonly machines: ReadonlyMap<string, Machine>;
  /** The buyers' address: the edge if there is one, otherwise the API itself. */
  readonly url: string;
  /** Of the servers' data. */
  readonly folder: string;
  /** Past PgBouncer and without the service's timeouts: for seeds and the audit. */
  readonly owner: OpenDb;
  readonly orderTokenSecret: string;
  readonly standby: Standby | undefined;
  /** Makes another Postgres on this machine the primary, for PgBouncer and for `owner`. */
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
  /** Each program on a machine of its own, with a PgBouncer; the edge reaches them over the network. */
  readonly machines?: boolean;
  /** A second Postgres, for which each commit waits. */
  readonly standby?: boolean;
  /** Another Postgres than the one of the packages. Called with the folder before the servers start. */
  readonly postgres?: (folder: string) => Promise<NonNullable<ServicesOptions['postgres']>>;
  /** For the API and the workers, beside the product's own. */
  readonly nodeArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Called before the servers start in the folder.
   * @returns its undoing, called after they have ended
   */
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
    await endKilledDrills();
    return Object.assign(await startWorld(closers, options), { close: closeAndForget });
  } catch (error) {
    await closeAndForget();
    throw error;
  }
}

let made = 0;

/** @param closers stop everything that was started, in the order of the starts */
async function startWorld(closers: Closers, options: WorldOptions): Promise<Omit<DrillWorld, 'close'>> {
  made += 1;
  const folder = join(dataFolder, `drill-${process.pid}-${made}`);
  const network = options.machines === true ? await openNetwork() : undefined;
  if (network !== undefined) closers.push(network.close);
  const [port, edgePort] = [await freePort(), await freePort()];
  const [apiUrl, edgeUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${edgePort}`];
  const publicUrl = network === undefined ? apiUrl : edgeUrl;
  const sandbox = await startSandbox({
    ...(network === undefined ? {} : { host: network.address }),
    timeScale: 0.1,
    seed: options.seed,
    notificationUrl: `${publicUrl}/unused`,
    whatsappCallbackUrl: `${publicUrl}/v1/callbacks/whatsapp/{phoneNumberId}`,
  });
  closers.push(() => sandbox.close());
  if (options.prepareFolder !== undefined) closers.push(options.prepareFolder(folder));
  closers.push(() => discardData(folder));
  const postgres = await options.postgres?.(folder);
  const services = await startServices({
    dataFolder: folder,
    ports: 'free',
    durable: true,
    address: network?.address,
    postgres: { ...postgres, settings: [...productionSettings(), ...(postgres?.settings ?? [])] },
  });
  closers.push(() => services.stop());
  await migrate({ url: services.addresses.databaseDirectUrl });
  if (options.mutant !== undefined) await removeGuards(options.mutant, services.addresses);
  const standby = options.standby === true ? await startStandby(services, folder) : undefined;
  closers.push(() => standby?.close());
  let owner = openOwner(services.addresses.databaseDirectUrl);
  closers.push(() => owner.close());
  const bundles = await bundlePrograms(options.mutant);
  closers.push(bundles.remove);
  const wire = await options.databaseWire?.(services.addresses.databaseUrl);
  if (wire !== undefined) closers.push(wire.close);
  const programs: Surroundings = {
    services,
    sandbox,
    port,
    url: publicUrl,
    network,
    nodeArguments: options.nodeArguments ?? [],
    environment: options.environment ?? {},
  };
  const { apis: apiCount = 1, workers: workerCount = 1 } = options;
  const apis = await startPrograms(programs, {
    kind: 'api',
    script: bundles.api,
    count: apiCount,
    databaseUrl: wire?.url,
  });
  const workers = await startPrograms(programs, { kind: 'worker', script: bundles.worker, count: workerCount });
  if (options.edge === true) await startEdge(programs, { folder, port: edgePort, apis });
  const machines = [...apis, ...workers].flatMap(({ machine }) => machine ?? []);
  return {
    services,
    sandbox,
    apis: apis.map(({ child }) => child),
    workers: workers.map(({ child }) => child),
    machines: new Map(machines.map((machine) => [machine.name, machine])),
    url: options.edge === true ? edgeUrl : apiUrl,
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
