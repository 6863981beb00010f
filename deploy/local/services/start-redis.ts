import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { FoundProgram } from '../binaries/find-system-program.ts';
import { privateFolder, privateWriter } from '../host/reachable-folder.ts';
import type { Supervised } from '../host/supervisor.ts';
import type { ServiceContext } from './service-options.ts';

/** What a Redis is for: `cache` may forget, `queue` may not. */
export type RedisRole = 'cache' | 'queue';

/** A running Redis. */
export interface LocalRedis {
  readonly child: Supervised;
  readonly url: string;
}

const readyDeadlineMs = 30_000;
const answerDeadlineMs = 1000;

const roleSettings: Record<RedisRole, readonly string[]> = {
  cache: ['maxmemory 128mb', 'maxmemory-policy allkeys-lru', 'appendonly no'],
  queue: ['maxmemory 256mb', 'maxmemory-policy noeviction', 'appendonly yes', 'appendfsync everysec'],
};

/** Starts one Redis on 127.0.0.1 in one of the two roles. */
export async function startRedis(
  context: ServiceContext,
  program: FoundProgram,
  role: RedisRole,
  port: number,
): Promise<LocalRedis> {
  const { folder, account, secrets, supervisor } = context;
  const own = privateFolder(join(folder, `redis-${role}`), account);
  const lines = [
    `bind ${['127.0.0.1', ...(context.address === undefined ? [] : [context.address])].join(' ')}`,
    `port ${port}`,
    `requirepass ${secrets.redisPassword}`,
    `dir "${own}"`,
    'databases 64',
    'save ""',
    'daemonize no',
    ...roleSettings[role],
  ];
  const settings = privateWriter(own, account)('redis.conf', `${lines.join('\n')}\n`);
  const child = await supervisor.start({
    name: `redis-${role}`,
    command: program.command,
    args: [settings],
    environment: program.environment,
    folder: own,
    account,
    stopSteps: [['SIGTERM', 5000]],
    readyDeadlineMs,
    isReady: () => answers(port, secrets.redisPassword),
  });
  return { child, url: `redis://:${secrets.redisPassword}@127.0.0.1:${port}` };
}

/** Asks by the wire protocol itself; while it still reads its file, Redis answers LOADING. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: answerDeadlineMs });
    let heard = '';
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      if (heard.includes('+PONG')) finish(true);
      else if (heard.includes('-')) finish(false);
    });
    socket.on('timeout', () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => resolve(false));
  });
}
