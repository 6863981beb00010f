import { findNginx } from '../../../deploy/local/binaries/find-servers.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { startNginx } from '../../../deploy/local/services/start-nginx.ts';
import type { ServiceAddresses, Services } from '../../../deploy/local/services/start-services.ts';
import { nodeArguments } from '../../../deploy/local/stack/node-arguments.ts';
import type { Sandbox } from '../../../sandbox/start-sandbox.ts';
import { apiEnvironment } from '../../bench/harness/api-environment.ts';
import { say } from '../../bench/harness/stack.ts';
import type { Machine, Network } from './network.ts';

/** Where a program runs, and how it reaches the services. */
type Site = {
  readonly address: string;
  readonly addresses: ServiceAddresses;
  /** The address of the edge as programs see it. */
  readonly proxy: string;
  readonly machine?: Machine;
};

export type Surroundings = {
  readonly services: Services;
  readonly sandbox: Sandbox;
  readonly port: number;
  /** Where the sandbox sends callbacks. */
  readonly url: string;
  readonly network: Network | undefined;
  readonly nodeArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

export type Started = { readonly child: Supervised; readonly machine?: Machine };

/**
 * Starts programs `kind-1`, `kind-2` and so on, one after another; each on a machine of its own if there is a network.
 */
export async function startPrograms(
  given: Surroundings,
  {
    kind,
    script,
    count,
    databaseUrl,
  }: { kind: string; script: string; count: number; databaseUrl?: string | undefined },
): Promise<Started[]> {
  const started: Started[] = [];
  for (let number = 1; number <= count; number += 1) {
    const name = `${kind}-${number}`;
    const site = await siteOf(given, name);
    const addresses = databaseUrl === undefined ? site.addresses : { ...site.addresses, databaseUrl };
    const child = await startProgram(given, { name, script, site: { ...site, addresses } });
    started.push({ child, ...(site.machine === undefined ? {} : { machine: site.machine }) });
  }
  return started;
}

const loopback = '127.0.0.1';
const poolerPort = 6432;
/** For each program that has a machine of its own. */
export const machineOperationsPort = 9100;

async function siteOf({ services, network }: Surroundings, name: string): Promise<Site> {
  if (network === undefined) return { address: loopback, addresses: services.addresses, proxy: loopback };
  const machine = await network.addMachine(name, services.supervisor);
  const { address } = machine;
  const fromThere = (url: string) => Object.assign(new URL(url), { hostname: network.address }).href;
  return {
    address,
    proxy: network.address,
    machine,
    addresses: {
      ...services.addresses,
      databaseUrl: await services.startPooler({
        machine: name,
        address,
        port: poolerPort,
        network: machine.holder.pid(),
      }),
      redisCacheUrl: fromThere(services.addresses.redisCacheUrl),
      redisQueueUrl: fromThere(services.addresses.redisQueueUrl),
    },
  };
}

async function startProgram(
  given: Surroundings,
  { name, script, site }: { readonly name: string; readonly script: string; readonly site: Site },
): Promise<Supervised> {
  const { services, sandbox, port, url } = given;
  const { address, addresses, machine } = site;
  const operationsPort = machine === undefined ? await freePort() : machineOperationsPort;
  return services.supervisor.start({
    name,
    network: machine?.holder.pid(),
    command: process.execPath,
    args: [...nodeArguments, ...given.nodeArguments, script],
    folder: repositoryFolder,
    environment: {
      ...apiEnvironment({ addresses, port, operationsPort, processes: 1, api: {} }),
      HOST: address,
      OPERATIONS_HOST: address,
      TRUSTED_PROXIES: site.proxy,
      PUBLIC_URL: url,
      MIDTRANS_SNAP_URL: `${sandbox.url}/midtrans`,
      MIDTRANS_API_URL: `${sandbox.url}/midtrans`,
      MIDTRANS_CREATES_PER_SECOND: '200',
      GATEWAY_TIMEOUT_MS: '3000',
      WHATSAPP_GRAPH_URL: `${sandbox.url}/graph`,
      SMTP_URL: sandbox.smtpUrl,
      ...given.environment,
    },
    stopSteps: [['SIGTERM', 12_000]],
    readyDeadlineMs: 30_000,
    isReady: async () =>
      (await fetch(`http://${address}:${operationsPort}/readyz`, { signal: AbortSignal.timeout(2000) })).ok,
  });
}

/** All buyers of a drill come from one network. */
const edgeRequestsPerSecond = 100_000;

/** nginx with production's rules before the API. */
export async function startEdge(
  { services: { supervisor }, port: apiPort }: Surroundings,
  { folder, port, apis }: { readonly folder: string; readonly port: number; readonly apis: readonly Started[] },
): Promise<void> {
  const account = chooseAccount();
  const machines = apis.flatMap(({ machine }) => machine?.address ?? []);
  await startNginx({ folder: reachableFolder(folder, account), account, supervisor }, await findNginx(account, say), {
    port,
    apiPort,
    apiProcesses: apis.length,
    ...(machines.length === 0 ? {} : { apiMachines: machines }),
    requestsPerSecond: edgeRequestsPerSecond,
  });
}
