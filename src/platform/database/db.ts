import { type SQL, sql } from 'drizzle-orm';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { type PostgresJsQueryResultHKT, drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { invariant } from '../assert.ts';
import { textArray } from './array-text.ts';
import { isConflict, isOutcomeUnknown } from './db-errors.ts';
import {
  type Connection,
  type Connections,
  type TransactionClient,
  beginOn,
  createConnections,
} from './connections.ts';
import { requiredDatabaseTls } from './database-tls.ts';
import { observeStatement } from './observe-statement.ts';
import { howSent } from './prepared.ts';
import { currentScope } from '../tracing/scope.ts';
import { type Gate, createGate } from '../resilience/gate.ts';
import { gauge, histogram } from '../metrics.ts';

/**
 * The only access to Postgres. It adds to the driver:
 * - a bounded queue with a deadline before the pool (the driver would queue without limit);
 * - a deadline on every call, kept by the client, since a stopped server never fires its own timeout;
 * - a guard against results with leading holes, which postgres.js 3.4 gives after a half-failed query (issue 1181);
 * - one call at a time on a connection, so that no quick query is sent behind a slow one (the driver's own switch for
 *   this, `max_pipeline: 0`, breaks `begin`). A lost connection costs only its own call.
 */

/** A pool or an open transaction; a query function takes either. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, Record<string, never>>;

export type DbOptions = {
  readonly url: string;
  /** Names the pool in metrics: write, read, work. */
  readonly name: string;
  readonly poolSize: number;
  readonly acquireTimeoutMs: number;
  /** For the call and the wait for a connection together. */
  readonly callTimeoutMs: number;
  /** Prepares the statements that have a name or the mark of `prepared.ts`. Only with PgBouncer >= 1.21 or a direct connection: 1.18 of Debian 12 loses them. */
  readonly prepare: boolean;
  /** Names the connections at Postgres. PgBouncer sets it again for each change of clients, so busy pools share the default. */
  readonly applicationName?: string;
  /** Makes each call in a slot of a limiter, or throws before it begins. Without it only the queue bounds calls. */
  readonly limitCall?: <T>(call: () => Promise<T>) => Promise<T>;
};

export type OpenDb = { readonly db: Db; readonly gate: Gate; close(): Promise<void> };

/** Callers that may wait for each connection of a pool before the next one is refused. */
const waitingPerConnection = 50;
/** A call with this many unanswered deadlines loses its connection: with a deadline of 3 s, after a minute. */
const silenceMaxDeadlines = 20;
const conflictTriesMax = 3;
const connectTimeoutSeconds = 5;

const poolWait = histogram('db_pool_wait_seconds', 'Time a call waited for a connection of the pool', ['pool']);
const gates = new Map<string, Gate>();
gauge('db_pool_in_use', 'Connections of the pool in use', ['pool'], function () {
  for (const [pool, gate] of gates) this.set({ pool }, gate.inUse);
});
gauge('db_pool_waiting', 'Calls that wait for a connection of the pool', ['pool'], function () {
  for (const [pool, gate] of gates) this.set({ pool }, gate.waiting);
});

class DeadlineError extends Error {
  readonly code = 'DEADLINE';
}

export function openDb(options: DbOptions): OpenDb {
  const gate = createGate(options.poolSize, {
    waitingMax: options.poolSize * waitingPerConnection,
    // The deadline of a call includes its wait.
    waitMs: Math.min(options.acquireTimeoutMs, options.callTimeoutMs),
  });
  gates.set(options.name, gate);
  const { client, close } = openClient(gate, options);
  return { db: drizzle(client), gate, close };
}

/** The part of the driver that drizzle uses: `options`, `unsafe` and `begin`. */
function openClient(gate: Gate, options: DbOptions): { client: postgres.Sql; close(): Promise<void> } {
  // Drizzle sets here how it reads and writes values.
  const types = { parsers: {}, serializers: {} };
  const ssl = requiredDatabaseTls(options.url);
  const connections = createConnections({
    silenceMaxMs: options.callTimeoutMs * silenceMaxDeadlines,
    open: ({ onLost, onGreeted }) => {
      const client = postgres(options.url, {
        max: 1,
        ssl,
        prepare: options.prepare,
        connect_timeout: connectTimeoutSeconds,
        idle_timeout: 0,
        max_lifetime: null,
        connection: { application_name: options.applicationName ?? 'antre' },
        onnotice: () => {},
        onclose: onLost,
        onparameter: onGreeted,
        // The driver would ask each new connection for the types of arrays, and a connection lost at that moment ends
        // the process. Only arrays of text are in use.
        fetch_types: false,
        types: { textArray },
      });
      Object.assign(client.options.parsers, types.parsers);
      Object.assign(client.options.serializers, types.serializers);
      return client;
    },
  });
  const runNow = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    if (gate.inUse < options.poolSize) return callOn(connections, work, await gate.enter(), options.callTimeoutMs);
    // One deadline for the wait and the call, so that a caller waits no longer when the pool is full.
    const since = performance.now();
    const leave = await enterMeasured(gate, options.name);
    return callOn(connections, work, leave, Math.max(1, options.callTimeoutMs - (performance.now() - since)));
  };
  const { limitCall } = options;
  const runLimited: typeof runNow = limitCall === undefined ? runNow : (work) => limitCall(() => runNow(work));
  const run = <T>(text: string, work: (connection: Connection) => Promise<T>): Promise<T> =>
    currentScope() === undefined ? runLimited(work) : observeStatement(text, () => runLimited(work));
  type Parameters = postgres.ParameterOrJSON<never>[];
  const client = {
    options: types,
    unsafe: (text: string, parameters?: Parameters, queryOptions?: postgres.UnsafeQueryOptions) => ({
      then: (resolve: (rows: unknown) => unknown, reject: (error: unknown) => unknown) =>
        run(text, async (on) =>
          withoutHoles(await on.client.unsafe(text, parameters, howSent(text, queryOptions))),
        ).then(resolve, reject),
      values: () =>
        run(text, async (on) => withoutHoles(await on.client.unsafe(text, parameters, queryOptions).values())),
    }),
    begin: (work: (transaction: TransactionClient) => Promise<unknown>) =>
      run('transaction', (on) => beginOn(on, work)),
  };
  return { client: client as unknown as postgres.Sql, close: () => connections.close() };
}

/**
 * Runs a call on its own connection. The connection is returned when the call has really ended, not when its caller
 * stops waiting. All of it is one promise, because every query passes here.
 */
function callOn<T>(
  connections: Connections,
  work: (connection: Connection) => Promise<T>,
  leave: () => void,
  timeoutMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let connection: Connection;
    try {
      connection = connections.take();
    } catch (error) {
      leave();
      reject(error);
      return;
    }
    const timer = setTimeout(
      () => reject(new DeadlineError(`no answer from Postgres within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const end = (usable: boolean) => {
      clearTimeout(timer);
      connections.give(connection, usable);
      leave();
    };
    const fail = (error: unknown) => {
      end(!isOutcomeUnknown(error));
      reject(error);
    };
    connection.onLost = fail;
    work(connection).then((result) => {
      end(true);
      resolve(result);
    }, fail);
  });
}

async function enterMeasured(gate: Gate, pool: string): Promise<() => void> {
  const stop = poolWait.startTimer({ pool });
  try {
    return await gate.enter();
  } finally {
    stop();
  }
}

/** Removes the holes that postgres.js leaves before the rows after an earlier query failed half-way. */
export function withoutHoles<T extends unknown[]>(rows: T): T {
  if (rows.length > 0 && rows[0] === undefined) {
    const first = rows.findIndex((row) => row !== undefined);
    rows.splice(0, first < 0 ? rows.length : first);
  }
  return rows;
}

/** Callbacks to run after the transaction commits, by its handle. */
const afterwards = new WeakMap<Db, (() => void)[]>();

/**
 * Runs a callback after the transaction has committed, and never when it is rolled back or run again. Metrics need
 * this: they would count a repeated transaction twice. Outside of `transaction` it runs at once.
 */
export function afterCommit(tx: Db, act: () => void): void {
  const acts = afterwards.get(tx);
  if (acts === undefined) act();
  else acts.push(act);
}

/** A transaction that runs again, at most three times, after a conflict (deadlock, serialization failure). */
export async function transaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const acts: (() => void)[] = [];
    try {
      const result = await db.transaction((given) => {
        const tx = given as unknown as Db;
        afterwards.set(tx, acts);
        return work(tx);
      });
      // Inside another transaction this one commits only with the outer one.
      for (const act of acts) afterCommit(db, act);
      return result;
    } catch (error) {
      if (tries >= conflictTriesMax || !isConflict(error)) throw error;
    }
  }
}

/** Rows of a hand-written statement. The caller states their shape; the SQL beside it must match. */
export async function rowsOf<Row>(db: Db, statement: SQL): Promise<Row[]> {
  return (await db.execute(statement)) as unknown as Row[];
}

/** The time of Postgres; in a transaction, the time of its start. */
export async function readNow(db: Db): Promise<Date> {
  const [row] = await rowsOf<{ ms: number }>(db, sql`select (extract(epoch from now()) * 1000)::float8 as ms`);
  invariant(row !== undefined, 'Postgres did not tell the time');
  return new Date(row.ms);
}

/** Throws unless Postgres answers a trivial query. */
export async function ping(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}
