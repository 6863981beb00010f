import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { sql } from 'drizzle-orm';
import { isUnavailable, sqlState } from './db-errors.ts';
import { type Db, rowsOf } from './db.ts';
import type { Log } from '../log.ts';
import { counter, gauge } from '../metrics.ts';

/**
 * Reads that a replica may answer. Others go to the primary through their own small pool, so that they never take the
 * connections of orders:
 * - a read that fails on the replica is repeated on the primary;
 * - after some failures in a row the circuit to the replica opens; the watch probes it at intervals;
 * - a replica further behind than its bound is not used.
 */
export type ReadSource = {
  /**
   * Reads from the replica, or from the primary.
   * @param options.changedLately the replica may not have a change yet that the reader must see
   * @param act only reads, and may run twice
   */
  read<T>(options: { changedLately: boolean }, act: (db: Db) => Promise<T>): Promise<T>;
};

export type Replica = ReadSource & {
  /** Measures once how far behind the replica is; runs by itself every second. */
  look(): Promise<void>;
  close(): void;
};

export type ReplicaDeps = {
  readonly replica: Db;
  /** The primary, for reads that must see a very recent change. */
  readonly primary: Db;
  /** The primary, for reads that the replica does not answer. The pool is small enough for the primary to bear. */
  readonly fallback: Db;
  /** The primary, for the watch. */
  readonly watch: Db;
  readonly lagMaxMs: number;
  readonly log: Log;
};

const lookEveryMs = 1000;
/** The greatest age of what is known of a replica's lag. */
export const lagKnownWithinMs = 2 * lookEveryMs;
const failuresMax = 3;
const circuitOpenMs = 5000;
/** Positions of the primary that the replica has not reached yet. If there are more, something else is wrong. */
const positionsMax = 600;

const reads = counter('replica_reads_total', 'Reads that a replica may answer, by who answered and why', [
  'from',
  'why',
]);
/** Labelled by the pool, so that there is no series if no replica is configured. */
const usable = gauge('replica_usable', 'Whether the replica is used: 1, or 0 while it is down or too far behind', [
  'pool',
]);
const lagSeconds = gauge('replica_lag_seconds', 'How far the replica is behind the primary', ['pool']);

/** Without a replica all reads go to the primary. */
export function readFromPrimary(db: Db): ReadSource {
  return { read: (_options, act) => act(db) };
}

export function createReplica(deps: ReplicaDeps): Replica {
  const breaker = circuitBreaker(handleWhen(isUnavailable), {
    halfOpenAfter: circuitOpenMs,
    breaker: new ConsecutiveBreaker(failuresMax),
  });
  const lag = createLagMeter(deps);
  const isAway = () => breaker.state === CircuitState.Open || breaker.state === CircuitState.HalfOpen;
  const isBehind = () => lag.milliseconds() > deps.lagMaxMs;
  const report = () => {
    usable.set({ pool: 'replica' }, isAway() || isBehind() ? 0 : 1);
    lagSeconds.set({ pool: 'replica' }, lag.milliseconds() / 1000);
  };
  breaker.onStateChange((state) => {
    report();
    if (state === CircuitState.Open)
      deps.log.warn('the circuit to the replica is open; public reads go to the primary');
    if (state === CircuitState.Closed) deps.log.info('the replica answers again');
  });

  const look = async (): Promise<void> => {
    // Only the watch probes the replica: no reader waits for that.
    await breaker.execute(() => lag.measure()).catch(() => {});
    report();
  };
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, lookEveryMs);
  timer.unref();
  void look();

  const fromPrimary = <T>(why: 'changed' | 'away' | 'behind' | 'failed', act: (db: Db) => Promise<T>): Promise<T> => {
    reads.inc({ from: 'primary', why });
    return act(why === 'changed' ? deps.primary : deps.fallback);
  };

  return {
    read: async ({ changedLately }, act) => {
      if (changedLately) return fromPrimary('changed', act);
      if (isAway()) return fromPrimary('away', act);
      if (isBehind()) return fromPrimary('behind', act);
      try {
        const result = await breaker.execute(() => act(deps.replica));
        reads.inc({ from: 'replica', why: 'asked' });
        return result;
      } catch (error) {
        // Other reads have opened the circuit meanwhile.
        if (error instanceof BrokenCircuitError) return fromPrimary('away', act);
        // This includes errors that only a replica gives: a table is missing there, or replay cancelled the query.
        if (sqlState(error) === undefined) throw error;
        return fromPrimary('failed', act);
      }
    },
    look,
    close: () => clearInterval(timer),
  };
}

type Position = { readonly at: number; readonly bytes: bigint };

/**
 * The age of the replica's data: the time since the primary was at the replica's present position. The positions of
 * both are compared, because the time of the last replayed transaction also grows while nothing is written.
 */
function createLagMeter({ replica, watch, log }: Pick<ReplicaDeps, 'replica' | 'watch' | 'log'>) {
  /** Not reached by the replica yet, oldest first. */
  let positions: Position[] = [];
  let reachedAt = performance.now();
  let milliseconds = 0;
  let hasWarned = false;
  return {
    milliseconds: () => milliseconds,
    /** @throws when the replica does not answer */
    measure: async (): Promise<void> => {
      // While the primary does not answer, nothing new can be learned, and only the replica can serve reads.
      const position = await positionOfPrimary(watch).catch(() => undefined);
      const replayed = await positionOfReplica(replica);
      if (position === undefined) return;
      if (replayed === undefined) {
        if (!hasWarned) log.warn('DATABASE_REPLICA_URL does not point to a standby, so its lag is unknown');
        hasWarned = true;
        milliseconds = 0;
        return;
      }
      if (positions.length < positionsMax) positions.push(position);
      const reached = positions.findLast(({ bytes }) => bytes <= replayed);
      if (reached !== undefined) reachedAt = reached.at;
      positions = positions.filter(({ bytes }) => bytes > replayed);
      milliseconds = positions.length === 0 ? 0 : performance.now() - reachedAt;
    },
  };
}

async function positionOfPrimary(db: Db): Promise<Position | undefined> {
  const at = performance.now();
  const [row] = await rowsOf<{ bytes: string | null }>(db, sql`select (pg_current_wal_lsn() - '0/0')::text as bytes`);
  return row?.bytes ? { at, bytes: BigInt(row.bytes) } : undefined;
}

/** Undefined for a server that replays nothing. */
async function positionOfReplica(db: Db): Promise<bigint | undefined> {
  const [row] = await rowsOf<{ bytes: string | null }>(
    db,
    sql`select (pg_last_wal_replay_lsn() - '0/0')::text as bytes`,
  );
  return row?.bytes ? BigInt(row.bytes) : undefined;
}
