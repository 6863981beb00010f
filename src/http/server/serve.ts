import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type HttpBindings, getRequestListener } from '@hono/node-server';
import { capConnections } from './connection-caps.ts';
import { cutLongTurns } from './cut-long-turns.ts';
import { type Listening, listen } from './listen.ts';

/**
 * Time for the headers, for the whole request, and for an idle kept-alive connection. Longer than a proxy's own times.
 */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;
const keepAliveTimeoutMs = 75_000;
/**
 * Closes a connection after this time without a byte in either direction while a request is being answered: the client
 * does not read its answer. Longer than any answer takes to begin (a profile takes a minute).
 */
const stallTimeoutMs = 75_000;
/**
 * How often connections are checked against these times. Node's own 30 s would let a slow client live four times as
 * long.
 */
const connectionsCheckMs = 1000;
const connectionsMax = 20_000;
const drainDeadlineMs = 8_000;
/**
 * How long a stopping server keeps idle connections. A client may send on one at the moment it is closed, and cannot
 * know whether the request was accepted. Therefore each answer in this time asks its client to open another connection.
 */
const leaveMs = 500;
const idleSweepMs = 100;

export type Served = {
  fetch(request: Request, env: { incoming: IncomingMessage }): Response | Promise<Response>;
  /** Answers a request without the router; false for a request that it does not handle. */
  take?(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
};

export type Serving = { readonly port: number; close(): Promise<void> };

/**
 * Serves an app. With `reusePort` several processes share the port, and the kernel spreads new connections over them.
 * Closing stops listening, lets requests finish, sends clients to another process, closes idle connections, and cuts
 * the rest at the deadline.
 */
export async function serve(
  served: Served,
  options: {
    host: string;
    port: number;
    reusePort: boolean;
    /** Whether a connection is exempt from the limit of its network. */
    trustedProxies?: readonly string[];
    connectionsPerNetworkMax?: number;
    headersTimeoutMs?: number;
    requestTimeoutMs?: number;
    stallTimeoutMs?: number;
  },
): Promise<Serving> {
  // No HTTP/2 here, because the edge speaks it. An HTTP/1.0 request need not name a host, and health checks of old load
  // balancers do not. Node refuses later versions without a host.
  const throughRouter = getRequestListener((request, env) => served.fetch(request, env as HttpBindings), {
    hostname: 'localhost',
  });
  let isLeaving = false;
  const server = createServer({ connectionsCheckingInterval: connectionsCheckMs }, (incoming, outgoing) => {
    if (isLeaving) outgoing.shouldKeepAlive = false;
    if (served.take?.(incoming, outgoing) !== true) void throughRouter(incoming, outgoing);
  });
  server.headersTimeout = options.headersTimeoutMs ?? headersTimeoutMs;
  server.requestTimeout = options.requestTimeoutMs ?? requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.timeout = options.stallTimeoutMs ?? stallTimeoutMs;
  cutLongTurns(server);
  capConnections(server, options.trustedProxies ?? [], options.connectionsPerNetworkMax);
  const { host, port, reusePort } = options;
  const listening = await listen(server, { host, port, reusePort, connectionsMax });
  return {
    port: listening.port,
    close: () => {
      isLeaving = true;
      return drain(server, listening);
    },
  };
}

function drain(server: Server, listening: Listening): Promise<void> {
  return new Promise((resolve) => {
    let sweep: NodeJS.Timeout | undefined;
    const leave = setTimeout(() => {
      sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
    }, leaveMs);
    const cut = setTimeout(() => server.closeAllConnections(), drainDeadlineMs);
    listening.close(() => {
      for (const timer of [leave, sweep, cut]) clearTimeout(timer);
      resolve();
    });
  });
}
