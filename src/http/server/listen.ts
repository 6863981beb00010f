import type { Server } from 'node:http';
import { type AddressInfo, Server as TcpServer, createServer as createTcpServer } from 'node:net';

/**
 * Sockets that listen on the port, and so the connections that one turn of the event loop can accept. libuv accepts one per
 * socket and turn (libuv pull request 3696). With a single socket, a process whose turns take 20 ms accepts 50 connections
 * a second. Further ones wait in the kernel for seconds, and no overload control knows of their requests.
 */
const listeners = 16;
const backlog = 4096;

export type Listening = {
  readonly port: number;
  /** Stops listening, and calls `ended` when all connections have ended. */
  close(ended: () => void): void;
};

/**
 * Lets a server listen on several sockets of one port, over which the kernel spreads new connections.
 * @param connectionsMax further connections are closed at once
 * @throws EADDRINUSE if another program has the port, or without `reusePort` another process of this one; then no socket listens
 */
export async function listen(
  server: Server,
  options: {
    readonly host: string;
    readonly port: number;
    readonly reusePort: boolean;
    readonly connectionsMax: number;
  },
): Promise<Listening> {
  const { host, connectionsMax } = options;
  // A socket that shares its port does not notice that another process of ours has it.
  if (!options.reusePort && options.port !== 0) await findFree(host, options.port);
  const others = Array.from({ length: listeners - 1 }, () =>
    createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket)),
  );
  const all: readonly TcpServer[] = [server, ...others];
  let { port } = options;
  const open: TcpServer[] = [];
  try {
    for (const one of all) {
      one.maxConnections = Math.ceil(connectionsMax / listeners);
      await bound(one, { host, port, reusePort: true, backlog });
      open.push(one);
      port = (one.address() as AddressInfo).port;
    }
  } catch (error) {
    // Clients would connect to the sockets that are open, and nobody would serve them.
    closeAll(open, () => {});
    throw error;
  }
  return { port, close: (ended) => closeAll(all, ended) };
}

/** Not by the HTTP server's own `close`, which would also close idle connections at once. */
function closeAll(servers: readonly TcpServer[], ended: () => void): void {
  let open = servers.length;
  const closed = () => {
    open -= 1;
    if (open === 0) ended();
  };
  for (const server of servers) TcpServer.prototype.close.call(server, closed);
}

async function findFree(host: string, port: number): Promise<void> {
  const probe = createTcpServer();
  await bound(probe, { host, port });
  await new Promise((resolve) => probe.close(resolve));
}

function bound(server: TcpServer, options: Parameters<TcpServer['listen']>[0]): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
