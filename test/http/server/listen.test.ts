import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Listening, listen } from '../../../src/http/server/listen.ts';

/**
 * Guards a rush of new connections: a busy process accepts many in each turn of its event loop, so that they do not wait in the
 * kernel, where no overload control sees their requests. The control listens on one socket, as Node does by itself.
 */

const clients = 300;
const host = '127.0.0.1';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Turns of the event loop until a server has accepted all clients. Their connections are in the kernel before the first turn. */
async function turnsToAccept(server: Server, port: number): Promise<number> {
  let accepted = 0;
  server.on('connection', () => (accepted += 1));
  const sockets = Array.from({ length: clients }, () => connect(port, host).on('error', () => {}));
  closers.push(() => sockets.forEach((socket) => socket.destroy()));
  let turns = 0;
  while (accepted < clients) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  return turns;
}

async function listening(
  options: { port?: number; reusePort?: boolean } = {},
): Promise<Listening & { server: Server }> {
  const server = createServer((_, response) => response.end('here'));
  const { port = 0, reusePort = false } = options;
  const started = await listen(server, { host, port, reusePort, connectionsMax: 20_000 });
  closers.push(() => {
    started.close(() => {});
    server.closeAllConnections();
  });
  return { server, ...started };
}

test('a rush of connections is accepted in a fraction of the turns that one socket needs', async () => {
  const plain = createServer();
  plain.listen(0, host);
  await once(plain, 'listening');
  closers.push(() => {
    plain.close();
    plain.closeAllConnections();
  });
  expect(await turnsToAccept(plain, (plain.address() as AddressInfo).port)).toBeGreaterThanOrEqual(clients);
  const { server, port } = await listening();
  expect(await turnsToAccept(server, port)).toBeLessThan(clients / 3);
});

test('every connection is served, counts in the end of the server, and is closed with it', async () => {
  const { server, port, close } = await listening();
  const sockets = Array.from({ length: 50 }, () => connect(port, host).on('error', () => {}));
  const answers = sockets.map(async (socket) => {
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.toString();
  });
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n.*here/s);
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    close(() => {
      hasEnded = true;
      resolve();
    }),
  );
  const refused = connect(port, host);
  expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
  expect(hasEnded).toBe(false);
  server.closeIdleConnections();
  await ended;
});

test('a port is taken by one process alone, unless it is shared on purpose', async () => {
  const { port } = await listening();
  await expect(listening({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const shared = await listening({ reusePort: true });
  await expect(listening({ port: shared.port, reusePort: true })).resolves.toMatchObject({ port: shared.port });
  await expect(listening({ port: shared.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('no socket goes on listening if a later one cannot', async () => {
  const taken = createServer().listen(0, host);
  await once(taken, 'listening');
  closers.push(() => taken.close());
  // The later sockets get a port that another server has.
  const server = Object.assign(createServer(), { address: () => taken.address() });
  closers.push(() => server.close());
  const options = { host, port: 0, reusePort: false, connectionsMax: 16 };
  await expect(listen(server, options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(server.listening).toBe(false);
});
