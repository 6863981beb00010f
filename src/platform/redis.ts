import { Redis } from 'ioredis';
import { gauge } from './metrics.ts';
import type { Log } from './log.ts';

/** How long a request waits for Redis before it continues without it. */
export const redisCommandTimeoutMs = 100;

/** A client for the path of a request: no offline queue, no retry, a short deadline. When Redis is away it fails at once. */
export function openCacheRedis(url: string, log: Log): Redis {
  return watch(
    new Redis(url, {
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: redisCommandTimeoutMs,
      connectTimeout: 2000,
      protocol: 2,
      retryStrategy: (tries) => Math.min(100 * tries, 2000),
    }),
    'cache',
    log,
  );
}

/**
 * A Redis that did not answer in time is not asked for a second, by any request: a request therefore waits at most
 * once, however many questions it has. Then one request probes it, and the others go on without it.
 */
const silenceMs = 1000;
const silentUntil = new WeakMap<Redis, number>();

/** Whether to ask Redis now. The caller reports the outcome by `noteAnswer` or `noteSilence`. */
export function mayAsk(redis: Redis): boolean {
  if (redis.status !== 'ready') return false;
  const until = silentUntil.get(redis);
  if (until === undefined) return true;
  const now = performance.now();
  if (now < until) return false;
  silentUntil.set(redis, now + silenceMs);
  return true;
}

export function noteAnswer(redis: Redis): void {
  silentUntil.delete(redis);
}

export function noteSilence(redis: Redis): void {
  silentUntil.set(redis, performance.now() + silenceMs);
}

/** A client as BullMQ needs it: commands wait while Redis is away. Only workers use it. */
export function openQueueRedis(url: string, log: Log): Redis {
  return watch(
    new Redis(url, {
      maxRetriesPerRequest: null,
      connectTimeout: 2000,
      retryStrategy: (tries) => Math.min(100 * tries, 2000),
    }),
    'queue',
    log,
  );
}

const connections = new Map<string, Redis>();
gauge('redis_ready', '1 when the connection to this Redis role is usable', ['role'], function () {
  for (const [role, redis] of connections) this.set({ role }, redis.status === 'ready' ? 1 : 0);
});

function watch(redis: Redis, role: string, log: Log): Redis {
  connections.set(role, redis);
  let down = false;
  redis.on('error', (error) => {
    if (!down) log.warn({ err: error, role }, 'Redis is away');
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.info({ role }, 'Redis is back');
    down = false;
  });
  return redis;
}

/**
 * Why this server may not hold the queue, or undefined when it may. Any policy except `noeviction` loses jobs when
 * memory is short, and without the append-only file a restart loses all of them.
 */
export async function queueRedisFault(redis: Redis, requireAppendOnly: boolean): Promise<string | undefined> {
  const policy = await setting(redis, 'maxmemory-policy');
  if (policy !== 'noeviction') return `maxmemory-policy is "${policy}", and must be "noeviction"`;
  if (requireAppendOnly && (await setting(redis, 'appendonly')) !== 'yes') return 'appendonly is off, and must be on';
  return undefined;
}

/**
 * Whether two addresses lead to one server; undefined when one of them does not answer, or does not identify itself.
 */
export async function isOneRedis(first: string, second: string): Promise<boolean | undefined> {
  const [one, two] = await Promise.all([runIdOf(first), runIdOf(second)]);
  return one === undefined || two === undefined ? undefined : one === two;
}

async function runIdOf(url: string): Promise<string | undefined> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2000,
    commandTimeout: 2000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1];
  } catch {
    return undefined;
  } finally {
    redis.disconnect();
  }
}

async function setting(redis: Redis, name: string): Promise<string> {
  const answer: unknown = await redis.config('GET', name);
  return Array.isArray(answer) ? String(answer[1]) : 'unknown';
}
