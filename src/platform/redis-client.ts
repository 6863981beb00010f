import {
  type RedisOptions as AllRedisOptions,
  Cluster,
  Redis,
  type SentinelConnectionOptions,
  SentinelConnector,
} from 'ioredis';
import { type RedisAddress, parseRedisAddress } from './redis-address.ts';

/** A client of one server, of a master that Sentinel watches, or of a cluster. */
export type RedisClient = Redis | Cluster;

/** Replies are mapped in one way, so that both kinds of client have one type. */
export type RedisOptions = Omit<AllRedisOptions, 'replyMapping'>;

/**
 * A failed node of a cluster is tried again after this time; by then a replica may have taken its place. A command is
 * sent at most `1 + maxRedirections` times.
 */
const failoverPauseMs = 100;
/** For questions about the topology, to a sentinel or to a node of a cluster. */
const answerWithinMs = 2000;
const redirectionsMax = 3;

/** @throws Error for a text that is no address */
export function openRedis(text: string, options: RedisOptions): RedisClient {
  const address = parseRedisAddress(text);
  if (address === undefined) throw new Error('the address of a Redis role is not valid');
  const { kind, nodes, username, password, database: db, isTls } = address;
  const server: RedisOptions = {
    ...options,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isTls ? { tls: {} } : {}),
  };
  const [first] = nodes;
  if (kind === 'server') return new Redis({ ...server, ...first, db });
  if (kind === 'cluster') return openCluster(address, server);
  const { master: name, sentinelPassword } = address;
  return new Redis({
    ...server,
    db,
    sentinels: nodes.map((node) => ({ ...node })),
    ...(name === undefined ? {} : { name }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(isTls ? { sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    ...(options.retryStrategy ? { sentinelRetryStrategy: options.retryStrategy } : {}),
    sentinelCommandTimeout: answerWithinMs,
    // Without it, a connection to a master that hangs would stay until its deadline.
    failoverDetector: true,
    Connector: FailoverConnector,
    // A demoted master refuses writes.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 1 : false),
  });
}

type WithDetector = { failoverDetector: { cleanup(): void } | null };

/**
 * Finds the master through the sentinels. The detector of the last connection still listens while the client
 * reconnects, and its news of the failover would then end the client for good (ioredis 6.0.0). Therefore it is stopped
 * first, and once: each further stop leaves a listener and a timer at every sentinel's connection, as often as the
 * client tries to reconnect.
 */
class FailoverConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override connect(...given: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    const own = this as unknown as WithDetector;
    own.failoverDetector?.cleanup();
    own.failoverDetector = null;
    return super.connect(...given);
  }
}

function openCluster({ nodes, isTls }: RedisAddress, server: RedisOptions): Cluster {
  const {
    retryStrategy,
    enableOfflineQueue = true,
    enableAutoPipelining = false,
    lazyConnect = false,
    ...rest
  } = server;
  return new Cluster(
    nodes.map((node) => ({ ...node })),
    {
      enableOfflineQueue,
      enableAutoPipelining,
      lazyConnect,
      maxRedirections: redirectionsMax,
      retryDelayOnFailover: failoverPauseMs,
      retryDelayOnClusterDown: failoverPauseMs,
      slotsRefreshTimeout: answerWithinMs,
      ...(retryStrategy === undefined ? {} : { clusterRetryStrategy: retryStrategy }),
      // Certificates name hosts, so host names must reach TLS unchanged.
      ...(isTls ? { dnsLookup: (host, found) => found(null, host) } : {}),
      redisOptions: rest,
    },
  );
}

/** A connection of its own to the same place, with some options replaced. */
export function duplicateRedis(redis: RedisClient, options: RedisOptions): RedisClient {
  if (redis instanceof Redis) return redis.duplicate(options);
  const { enableOfflineQueue, enableAutoPipelining, lazyConnect, ...rest } = options;
  return redis.duplicate([], {
    ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
    ...(enableAutoPipelining === undefined ? {} : { enableAutoPipelining }),
    ...(lazyConnect === undefined ? {} : { lazyConnect }),
    redisOptions: rest,
  });
}

/** The servers that accept writes: the server, or the masters of the cluster. */
export function mastersOf(redis: RedisClient): Redis[] {
  return redis instanceof Redis ? [redis] : redis.nodes('master');
}

/**
 * A subscriber asks this often whether its server answers, and waits as long for the answer. A server that hangs keeps the
 * connection open and sends nothing, which looks as if nothing happened.
 */
const heartbeatMs = 1000;

/**
 * Subscribes to a channel on a connection of its own. `ready` is called each time listening begins, because messages
 * may have been missed before, and `close` when it ends, also because the server no longer answers. The client that serves
 * requests already logs that Redis is down.
 */
export function subscribeTo(
  redis: RedisClient,
  channel: string,
  on: { readonly message: (text: string) => void; readonly ready: () => void; readonly close?: () => void },
): { close(): void } {
  const subscriber = duplicateRedis(redis, {
    autoResubscribe: false,
    enableAutoPipelining: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    lazyConnect: false,
    commandTimeout: heartbeatMs,
  });
  const again = () => subscriber.disconnect(true);
  const heartbeat = setInterval(() => {
    if (subscriber.status === 'ready') subscriber.ping().catch(again);
  }, heartbeatMs).unref();
  subscriber.on('error', () => {});
  subscriber.on('close', () => on.close?.());
  subscriber.on('message', (_channel, text) => on.message(text));
  subscriber.on('ready', () => {
    subscriber.subscribe(channel).then(on.ready, again);
  });
  return {
    close: () => {
      clearInterval(heartbeat);
      subscriber.disconnect();
    },
  };
}
