import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { gauge } from './metrics.ts';
import type { Log } from './log.ts';
import { type RedisClient, mastersOf, openRedis } from './redis-client.ts';
import { traceRedisCommands } from './tracing/redis-commands.ts';
import { isTracing } from './tracing/trace.ts';

/** How long a request waits for Redis before it continues without it. */
const redisCommandTimeoutMs = 100;

/**
 * A client for request handling: no offline queue, no retry, a short deadline. It fails at once while Redis is down.
 */
export function openCacheRedis(url: string, log: Log, commandTimeout = redisCommandTimeoutMs): RedisClient {
  const redis = openRedis(url, {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout,
    connectTimeout: 2000,
    protocol: 2,
    retryStrategy: (tries) => Math.min(100 * tries, 2000),
  });
  if (isTracing()) traceRedisCommands(redis);
  return watch(redis, 'cache', log);
}

/**
 * After Redis failed to answer in time, no request asks it for a second. A request therefore waits at most once,
 * however many questions it has. Then one request probes Redis, and the others go on without it.
 */
const silenceMs = 1000;
const silentUntil = new WeakMap<RedisClient, number>();

/** Whether to ask Redis now. The caller reports the outcome by `noteAnswer` or `noteSilence`. */
export function mayAsk(redis: RedisClient): boolean {
  if (redis.status !== 'ready') return false;
  const until = silentUntil.get(redis);
  if (until === undefined) return true;
  const now = performance.now();
  if (now < until) return false;
  silentUntil.set(redis, now + silenceMs);
  return true;
}

export function noteAnswer(redis: RedisClient): void {
  silentUntil.delete(redis);
}

export function noteSilence(redis: RedisClient): void {
  silentUntil.set(redis, performance.now() + silenceMs);
}

/**
 * Asks Redis a question that there is another answer to, unless Redis is known to be away or silent.
 * @returns undefined if it did not answer
 */
export async function askRedis<Answer>(redis: RedisClient, ask: () => Promise<Answer>): Promise<Answer | undefined> {
  if (!mayAsk(redis)) return undefined;
  try {
    const answer = await ask();
    noteAnswer(redis);
    return answer;
  } catch {
    noteSilence(redis);
    return undefined;
  }
}

/** A client as BullMQ needs it: commands wait while Redis is down. Only workers use it. */
export function openQueueRedis(url: string, log: Log): RedisClient {
  return watch(
    openRedis(url, {
      maxRetriesPerRequest: null,
      connectTimeout: 2000,
      retryStrategy: (tries) => Math.min(100 * tries, 2000),
    }),
    'queue',
    log,
  );
}

const connections = new Map<string, RedisClient>();
gauge('redis_ready', '1 when the connection to this Redis role is usable', ['role'], function () {
  for (const [role, redis] of connections) this.set({ role }, redis.status === 'ready' ? 1 : 0);
});

function watch(redis: RedisClient, role: string, log: Log): RedisClient {
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
 * Why this Redis may not hold the queue, or undefined if it may. Any policy except `noeviction` loses jobs when memory
 * is short, and without the append-only file a restart loses all of them. In a cluster, each master is checked.
 */
export async function queueRedisFault(redis: RedisClient, requireAppendOnly: boolean): Promise<string | undefined> {
  if (redis.status !== 'ready') await once(redis, 'ready');
  for (const server of mastersOf(redis)) {
    const policy = await setting(server, 'maxmemory-policy');
    if (policy !== 'noeviction') return `maxmemory-policy is "${policy}", and must be "noeviction"`;
    if (requireAppendOnly && (await setting(server, 'appendonly')) !== 'yes')
      return 'appendonly is off, and must be on';
  }
  return undefined;
}

/**
 * Whether two addresses lead to the same server; undefined if one of them does not answer or does not identify itself.
 */
export async function isOneRedis(first: string, second: string): Promise<boolean | undefined> {
  const [one, two] = await Promise.all([runIdsOf(first), runIdsOf(second)]);
  if (one.length === 0 || two.length === 0) return undefined;
  return one.some((id) => two.includes(id));
}

const identifyWithinMs = 2000;

async function runIdsOf(url: string): Promise<string[]> {
  const redis = openRedis(url, {
    lazyConnect: true,
    connectTimeout: identifyWithinMs,
    commandTimeout: identifyWithinMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    const answers = await Promise.all(mastersOf(redis).map((server) => server.info('server')));
    return answers.flatMap((text) => /^run_id:(\w+)/m.exec(text)?.[1] ?? []);
  } catch {
    return [];
  } finally {
    redis.disconnect();
  }
}

async function setting(redis: Redis, name: string): Promise<string> {
  const answer: unknown = await redis.config('GET', name);
  return Array.isArray(answer) ? String(answer[1]) : 'unknown';
}
