import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedis } from '../../deploy/local/binaries/find-servers.ts';
import { freePort } from '../../deploy/local/host/ports.ts';
import { until } from '../until.ts';

/** Servers of Redis that form a cluster, or that sentinels watch, on free ports of the loopback. */
export type RedisTopology = {
  /** As the service reads it. */
  readonly url: string;
  /** A client of each server that holds data. */
  readonly servers: readonly Redis[];
  /** Kills the master with this key by SIGKILL; resolves when a replica has taken its place. */
  failOver(key: string): Promise<void>;
  close(): Promise<void>;
};

type Server = { readonly port: number; readonly busPort: number; readonly child: ChildProcess; readonly client: Redis };

/** How long a server is silent before the others consider it dead. */
const deadAfterMs = 1000;
const settledWithinMs = 20_000;
const slotCount = 16_384;

/** Three masters with one replica each. */
export async function startRedisCluster(): Promise<RedisTopology> {
  const group = openGroup();
  const timing = `--cluster-node-timeout ${deadAfterMs} --cluster-replica-validity-factor 0`;
  const servers = await group.startMany(6, `--cluster-enabled yes ${timing}`.split(' '));
  const [first] = servers;
  const masters = servers.slice(0, 3);
  for (const [index, { client }] of masters.entries()) {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    const bounds = [index, index + 1].map((part) => Math.floor((slotCount * part) / masters.length));
    await client.call('CLUSTER', 'ADDSLOTSRANGE', bounds[0] ?? 0, (bounds[1] ?? slotCount) - 1);
  }
  for (const { port, busPort } of servers.slice(1))
    await first?.client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
  const clusterInfo = ({ client }: Server) => client.call('CLUSTER', 'INFO').then(String);
  const agree = (live: readonly Server[], nodes: number) => async () =>
    (await Promise.all(live.map(clusterInfo))).every(
      (text) => text.includes('cluster_state:ok') && text.includes(`cluster_known_nodes:${nodes}`),
    );
  await until(agree(servers, servers.length), settledWithinMs);
  for (const [index, { client }] of servers.slice(3).entries())
    await client.call('CLUSTER', 'REPLICATE', String(await masters[index]?.client.call('CLUSTER', 'MYID')));
  await until(async () => (await Promise.all(servers.slice(3).map(isLinkedReplica))).every(Boolean), settledWithinMs);
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    servers: servers.map(({ client }) => client),
    failOver: async (key) => {
      const slot = Number(await first?.client.call('CLUSTER', 'KEYSLOT', key));
      const index = Math.floor((slot * masters.length) / slotCount);
      const [master, replica] = [masters[index], servers[index + masters.length]];
      if (master === undefined || replica === undefined) throw new Error('there is no such master');
      await group.kill(master);
      await until(() => isMaster(replica), settledWithinMs);
    },
    close: () => group.close(),
  };
}

/** A master with two replicas, and three sentinels. */
export async function startRedisSentinels(): Promise<RedisTopology> {
  const group = openGroup();
  const [master, ...replicas] = await group.startMany(3, []);
  if (master === undefined) throw new Error('no server has started');
  for (const { client } of replicas) await client.replicaof('127.0.0.1', master.port);
  await until(async () => (await Promise.all(replicas.map(isLinkedReplica))).every(Boolean), settledWithinMs);
  const watched = [
    `sentinel monitor tickets 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds tickets ${deadAfterMs}`,
    'sentinel failover-timeout tickets 5000',
  ];
  const sentinels = await group.startMany(3, ['--sentinel'], watched);
  const known = async () => {
    const views = await Promise.all(sentinels.map(({ client }) => client.call('SENTINEL', 'MASTER', 'tickets')));
    return views.every((view) => {
      const facts = (view as string[]).map(String);
      const fact = (name: string) => Number(facts[facts.indexOf(name) + 1]);
      return fact('num-slaves') === replicas.length && fact('num-other-sentinels') === sentinels.length - 1;
    });
  };
  await until(known, settledWithinMs);
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/tickets`,
    servers: [master, ...replicas].map(({ client }) => client),
    failOver: async () => {
      await group.kill(master);
      await until(async () => (await Promise.all(replicas.map(isMaster))).some(Boolean), settledWithinMs);
    },
    close: () => group.close(),
  };
}

/** A server that is being promoted closes its connections. */
async function isMaster({ client }: Server): Promise<boolean> {
  const [role] = await client.role().catch(() => ['']);
  return role === 'master';
}

async function isLinkedReplica({ client }: Server): Promise<boolean> {
  const replication = await client.info('replication');
  return replication.includes('role:slave') && replication.includes('master_link_status:up');
}

function openGroup() {
  const folder = mkdtempSync(join(tmpdir(), 'antre-redis-'));
  const started: Server[] = [];
  const start = async (options: readonly string[], lines: readonly string[]): Promise<Server> => {
    const program = await findRedis(undefined, () => {});
    // The port of the bus would be this one plus 10,000, which may not exist.
    const [port, busPort] = [await freePort(), await freePort()];
    const file = join(folder, `${port}.conf`);
    const place = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...lines];
    const isSentinel = options.includes('--sentinel');
    const data = isSentinel
      ? []
      : ['save ""', 'appendonly no', `cluster-config-file ${port}.nodes`, `cluster-port ${busPort}`];
    writeFileSync(file, [...place, ...data, ''].join('\n'));
    const child = spawn(program.command, [file, ...options], {
      stdio: 'ignore',
      env: { ...process.env, ...program.environment },
    });
    const client = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 0, retryStrategy: () => 100 });
    client.on('error', () => {});
    const server = { port, busPort, child, client };
    started.push(server);
    await until(async () => (await client.ping().catch(() => '')) === 'PONG', settledWithinMs);
    return server;
  };
  const kill = async ({ child, client }: Server): Promise<void> => {
    client.disconnect();
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return {
    kill,
    startMany: (count: number, options: readonly string[], lines: readonly string[] = []) =>
      Promise.all(Array.from({ length: count }, () => start(options, lines))),
    close: async () => {
      await Promise.all(started.map(kill));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
