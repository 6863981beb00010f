import type postgres from 'postgres';

/**
 * Connections to Postgres. Each has a driver client of its own, because the driver does not survive the loss of a
 * connection in use (postgres.js 3.4, issues 1154 and 1208):
 *
 * - It ends a transaction by a rollback even when the connection is gone. That write throws where nobody can catch it
 *   and ends the process. After a loss, calls of the transaction therefore never reach the driver.
 * - Bytes still unwritten at the moment of the loss stay in its buffer and spoil the next connection, and a query given
 *   to a breaking connection gets no answer. A lost connection is therefore discarded with its client, and its call
 *   fails at once.
 * - It reconnects forever and without a pause while something between it and Postgres accepts and drops connections. A
 *   connection that gets no greeting in time is therefore given up.
 */
export type Connections = {
  /** An unused connection. The caller limits how many there are. */
  take(): Connection;
  /** @param usable false if the call ended as if the connection were breaking; the next caller then gets another one */
  give(connection: Connection, usable: boolean): void;
  /** Waits for calls in flight, at most five seconds, and closes all. */
  close(): Promise<void>;
};

export type Connection = {
  readonly client: postgres.Sql;
  readonly since: number;
  /** When its current call began. */
  busySince: number | undefined;
  isLost: boolean;
  /** Called once, when the connection is lost during a call. */
  onLost: ((error: Error) => void) | undefined;
};

class ConnectionLostError extends Error {
  readonly code = 'CONNECTION_CLOSED';
}

export type ConnectionsOptions = {
  readonly open: (events: { onLost: () => void; onGreeted: () => void }) => postgres.Sql;
  /**
   * Longer than any statement may run. A call that is unanswered for this long is on a connection that was cut
   * silently.
   */
  readonly silenceMaxMs: number;
};

const closeTimeoutSeconds = 5;
const greetingTimeoutMs = 5000;
const lifetimeMs = 30 * 60_000;
const looksPerSilence = 4;

export function createConnections({ open, silenceMaxMs }: ConnectionsOptions): Connections {
  const idle: Connection[] = [];
  const all = new Set<Connection>();
  let closing = false;

  const discard = (connection: Connection, timeout: number): Promise<void> => {
    all.delete(connection);
    return connection.client.end({ timeout }).catch(() => {});
  };

  const lose = (connection: Connection): void => {
    connection.isLost = true;
    connection.onLost?.(lostError());
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
    void discard(connection, 0);
  };

  const openOne = (): Connection => {
    const onLost = () => {
      clearTimeout(greeting);
      lose(connection);
    };
    const greeting = setTimeout(onLost, greetingTimeoutMs).unref();
    const client = open({ onLost, onGreeted: () => clearTimeout(greeting) });
    const connection = { client, since: performance.now(), busySince: undefined, isLost: false, onLost: undefined };
    all.add(connection);
    return connection;
  };

  const watch = setInterval(() => {
    const oldest = performance.now() - silenceMaxMs;
    for (const connection of all) if ((connection.busySince ?? oldest) < oldest) lose(connection);
  }, silenceMaxMs / looksPerSilence).unref();

  return {
    take: () => {
      if (closing) throw new ConnectionLostError('the connections to Postgres are closed');
      const connection = idle.pop() ?? openOne();
      connection.busySince = performance.now();
      return connection;
    },
    give: (connection, usable) => {
      connection.busySince = undefined;
      connection.onLost = undefined;
      if (connection.isLost) return;
      if (!usable) void discard(connection, 0);
      else if (closing || performance.now() - connection.since > lifetimeMs)
        void discard(connection, closeTimeoutSeconds);
      else idle.push(connection);
    },
    close: async () => {
      closing = true;
      clearInterval(watch);
      await Promise.all([...all].map((connection) => discard(connection, closeTimeoutSeconds)));
    },
  };
}

const lostError = () => new ConnectionLostError('the connection to Postgres was lost');

type Parameters = postgres.ParameterOrJSON<never>[];

/** What drizzle uses of an open transaction. */
export type TransactionClient = {
  unsafe(text: string, parameters?: Parameters, options?: postgres.UnsafeQueryOptions): unknown;
  savepoint(work: (inner: TransactionClient) => Promise<unknown>): Promise<unknown>;
};

/**
 * Runs a transaction on a connection.
 * @throws the error of `work`, or that the connection was lost; the transaction may then have been committed
 */
export function beginOn(
  connection: Connection,
  work: (transaction: TransactionClient) => Promise<unknown>,
): Promise<unknown> {
  return connection.client.begin((transaction) =>
    silentIfLost(connection, work(guardTransaction(connection, transaction))),
  );
}

/** After a loss the driver must get neither commit nor rollback; `begin` has already failed. */
function silentIfLost<T>(connection: Connection, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(
      (result) => connection.isLost || resolve(result),
      (error: unknown) => connection.isLost || reject(error),
    );
  });
}

function guardTransaction(connection: Connection, transaction: postgres.TransactionSql): TransactionClient {
  return {
    unsafe: (text, parameters, options) =>
      connection.isLost ? lostQuery() : transaction.unsafe(text, parameters, options),
    savepoint: (work) =>
      connection.isLost
        ? Promise.reject(lostError())
        : transaction.savepoint((inner) => silentIfLost(connection, work(guardTransaction(connection, inner)))),
  };
}

function lostQuery() {
  const lost = Promise.reject(lostError());
  lost.catch(() => {});
  return Object.assign(lost, { values: () => lost });
}
