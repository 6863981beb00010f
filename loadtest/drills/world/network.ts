import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { findNginx, findPgBouncer, findRedis } from '../../../deploy/local/binaries/find-servers.ts';
import { findSystemProgram } from '../../../deploy/local/binaries/find-system-program.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import type { Supervised, Supervisor } from '../../../deploy/local/host/supervisor.ts';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { until } from '../../../testkit/until.ts';
import { say } from '../../bench/harness/stack.ts';

/**
 * Simulates several machines on this one. The drill runs in a network namespace of its own with a bridge in it. Each
 * machine is a further namespace, joined to the bridge by a cable. Namespaces, cables and bridge belong to the
 * processes in them: when these end, however they end, the kernel removes everything. The host's own network is not
 * touched.
 */
export type Network = {
  /** The address at which machines reach the drill's own namespace: database, Redis, edge and the sandbox. */
  readonly address: string;
  addMachine(name: string, supervisor: Supervisor): Promise<Machine>;
  /** After the machines have ended. */
  close(): Promise<void>;
};

export type Machine = {
  readonly name: string;
  readonly address: string;
  /** The process whose network namespace is the machine's. */
  readonly holder: Supervised;
  /** Unplugs the cable. Packets in both directions are lost without notice. */
  cutOff(): Promise<void>;
  join(): Promise<void>;
};

const run = promisify(execFile);
const bridge = 'machines';
const subnet = '10.77.0';
const firstMachine = 11;
/** A cable disappears a moment after its machine. */
let cables = 0;

/** Words before a command that run it in a network namespace of its own. */
export const inOwnNetwork = ['unshare', '--net', '--'] as const;

/** Why this machine cannot simulate several, in words. */
export async function networkRefusal(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `network namespaces are of Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  try {
    const { command, environment } = await findIp();
    const [unshare, ...words] = inOwnNetwork;
    for (const kind of ['bridge', 'veth'])
      await run(unshare, [...words, command, 'link', 'add', 'try', 'type', kind], { env: environment });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    return `this system refuses network namespaces, bridges or cables: ${said || String(error)}`;
  }
}

/** Finds or downloads the servers. From a network of its own a drill can download nothing. */
export async function findPrograms(): Promise<void> {
  const account = chooseAccount();
  await Promise.all([findNginx(account, say), findPgBouncer(account, say), findRedis(account, say)]);
}

function findIp() {
  const otherwise = 'leave out the drill "machines"';
  return findSystemProgram({ name: 'ip', debianPackage: 'iproute2', otherwise, versionArgument: '-V' }, undefined, say);
}

/** @throws if this process shares the network of its parent, where nothing may be set up */
export async function openNetwork(): Promise<Network> {
  const own = networkOf('self');
  if (own === networkOf(process.ppid))
    throw new Error('a drill of several machines must be started in a network of its own: `unshare --net`');
  const { command, environment } = await findIp();
  const words = (line: string) => line.split(' ');
  const ip = async (line: string) => void (await run(command, words(line), { env: environment }));
  await ip('link set lo up');
  await ip(`link add ${bridge} type bridge`);
  await ip(`addr add ${subnet}.1/24 dev ${bridge}`);
  await ip(`link set ${bridge} up`);
  let machines = 0;
  return {
    address: `${subnet}.1`,
    addMachine: async (name, supervisor) => {
      const address = `${subnet}.${firstMachine + machines}`;
      const cable = `cable${cables}`;
      cables += 1;
      machines += 1;
      const holder = await startHolder(name, supervisor);
      await until(async () => networkOf(holder.pid()) !== own);
      await ip(`link add ${cable} type veth peer name eth0 netns ${holder.pid()}`);
      await ip(`link set ${cable} master ${bridge} up`);
      for (const line of [`addr add ${address}/24 dev eth0`, 'link set eth0 up', 'link set lo up'])
        await run('nsenter', [`--target=${holder.pid()}`, '--net', '--', command, ...words(line)], {
          env: environment,
        });
      return {
        name,
        address,
        holder,
        cutOff: () => ip(`link set ${cable} down`),
        join: () => ip(`link set ${cable} up`),
      };
    },
    close: () => ip(`link del ${bridge}`),
  };
}

const networkOf = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);

/** A process that only keeps a namespace. */
function startHolder(name: string, supervisor: Supervisor): Promise<Supervised> {
  return supervisor.start({
    name: `machine-${name}`,
    command: 'sleep',
    args: ['infinity'],
    network: 'own',
    environment: process.env,
    folder: repositoryFolder,
    stopSteps: [['SIGTERM', 1000]],
    readyDeadlineMs: 5000,
    isReady: async () => true,
  });
}
