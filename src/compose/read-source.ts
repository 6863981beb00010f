import type { Config } from '../config.ts';
import type { Db, DbOptions, OpenDb } from '../platform/database/db.ts';
import type { Log } from '../platform/log.ts';
import { type ReadSource, createReplica, readFromPrimary } from '../platform/database/replica.ts';
import type { Closers } from '../platform/resilience/shutdown.ts';

/** A replica that does not answer within this time is skipped. There is still time to ask the primary. */
const replicaTimeoutMs = 500;

type PoolOptions = Partial<Pick<DbOptions, 'callTimeoutMs' | 'acquireTimeoutMs' | 'applicationName'>>;

type MakePool = (name: string, url: string, poolSize: number, options?: PoolOptions) => OpenDb;

/** A count may hold its connection for seconds. Over all processes, PgBouncer bounds them (DATABASE_COUNTS_URL). */
const countsPoolSize = 2;
/** Less than the statement timeout of the role, and than the edge waits. */
const countsTimeoutMs = 14_000;

/**
 * For reads of whole events, such as the audience of an announcement, and for live streams. Those of a stadium take seconds, above all on a
 * busy machine. In a pool of their own they take no connection from anything else.
 */
export function composeCountsDb(config: Config, pool: MakePool): Db {
  return pool('counts', config.DATABASE_COUNTS_URL ?? config.DATABASE_URL, countsPoolSize, {
    acquireTimeoutMs: config.DATABASE_CALL_TIMEOUT_MS,
    callTimeoutMs: Math.max(countsTimeoutMs, config.DATABASE_CALL_TIMEOUT_MS),
  }).db;
}

/** The source of public documents: the replica if one is configured, otherwise the primary. */
export function composeReadSource(deps: {
  readonly config: Config;
  readonly pool: MakePool;
  /** The primary. */
  readonly db: Db;
  readonly watchDb: Db;
  readonly closers: Closers;
  readonly log: Log;
}): ReadSource {
  const { config, pool, closers } = deps;
  const url = config.DATABASE_REPLICA_URL;
  if (url === undefined) return readFromPrimary(deps.db);
  const replica = createReplica({
    replica: pool('replica', url, config.DATABASE_POOL_SIZE, { callTimeoutMs: replicaTimeoutMs }).db,
    primary: deps.db,
    // Few connections and few waiting calls: the builds of each kind are bounded. They may wait longer.
    fallback: pool('fallback', config.DATABASE_URL, config.DATABASE_FALLBACK_POOL_SIZE, {
      acquireTimeoutMs: config.DATABASE_CALL_TIMEOUT_MS / 2,
      applicationName: 'antre-fallback',
    }).db,
    watch: deps.watchDb,
    lagMaxMs: config.DATABASE_REPLICA_LAG_MAX_MS,
    log: deps.log,
  });
  closers.add('replica', () => replica.close());
  return replica;
}
