import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../../../src/platform/database/db.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { type ApiProcess, startApiProcess } from '../../../testkit/processes/api-process.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { type TestRedis, createTestRedis } from '../../../testkit/services/redis.ts';

/** Guards that slow clients cost others nothing, and that one network cannot hold every connection. */

const slowConnections = 500;

describe('five hundred slow clients', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let api: ApiProcess;
  let event: TestEvent;
  const slow: Socket[] = [];

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    const seed = openDb({
      url: database.url,
      name: 'seed',
      poolSize: 1,
      acquireTimeoutMs: 5000,
      callTimeoutMs: 5000,
      prepare: false,
    });
    event = await createEvent(seed.db);
    await seed.close();
    api = await startApiProcess({ databaseUrl: database.url, cacheUrl: redis.cacheUrl, queueUrl: redis.queueUrl });
  });
  afterAll(async () => {
    for (const socket of slow) socket.destroy();
    await api.kill();
    await redis.close();
    await database.close();
  });

  /** How many of these are answered, and the time that the slowest of nine in ten took. */
  const readers = async () => {
    const times: number[] = [];
    for (let request = 0; request < 200; request += 1) {
      const started = performance.now();
      const answer = await api.fetch(`/v1/events/${event.slug}${request % 2 === 0 ? '' : '/availability'}`);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
      times.push(performance.now() - started);
    }
    return times.sort((one, other) => one - other)[Math.floor(times.length * 0.9)] ?? 0;
  };

  it('do not slow down others, and are disconnected in time', async () => {
    await readers();
    const before = await readers();
    const heads = [
      'GET / HTTP/1.1\r\nHost: a\r\nX-',
      'POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n{',
    ];
    let cut = 0;
    for (let made = 0; made < slowConnections; made += 1) {
      const socket = connect(api.port, '127.0.0.1');
      socket.on('error', () => {}).on('close', () => (cut += 1));
      socket.resume();
      slow.push(socket);
      await once(socket, 'connect');
      socket.write(heads[made % 2] ?? '');
    }
    const drip = setInterval(() => {
      for (const socket of slow) if (!socket.destroyed) socket.write('a');
    }, 500);
    const during = await readers();
    const reached = slow.length - cut;
    await expect.poll(() => cut, { timeout: 25_000, interval: 250 }).toBe(slowConnections);
    clearInterval(drip);
    expect(reached).toBeGreaterThan(slowConnections * 0.9);
    // A wide margin: the point is that nobody waits for them, and a slow one would add seconds.
    expect(during).toBeLessThan(before * 5 + 50);
  });
});

describe('a network with too many connections', () => {
  const start = (trustedProxies: readonly string[]) =>
    serve(
      { fetch: async () => new Response('ok') },
      {
        host: '127.0.0.1',
        port: 0,
        reusePort: false,
        connectionsPerNetworkMax: 10,
        trustedProxies,
      },
    );
  const openMany = async (port: number, count: number) => {
    const sockets = Array.from({ length: count }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => {})
        .resume(),
    );
    await Promise.all(sockets.map(decided));
    return sockets;
  };
  /** Waits until the server has answered on a connection, or has closed it. */
  const decided = (socket: Socket) =>
    new Promise((resolve) => {
      socket.once('data', resolve).once('close', resolve);
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    });

  it('gets no more until it closes some; a trusted proxy has no such limit', async () => {
    const server = await start([]);
    const sockets = await openMany(server.port, 25);
    const open = sockets.filter((socket) => !socket.destroyed);
    expect(open).toHaveLength(10);
    // The server ends its side when it has seen the end of ours.
    await Promise.all(open.slice(0, 5).map((socket) => once(socket.end(), 'close')));
    const more = await openMany(server.port, 8);
    expect(more.filter((socket) => !socket.destroyed)).toHaveLength(5);
    for (const socket of [...sockets, ...more]) socket.destroy();
    await server.close();

    const behindProxy = await start(['127.0.0.0/8']);
    const all = await openMany(behindProxy.port, 25);
    expect(all.filter((socket) => !socket.destroyed)).toHaveLength(25);
    for (const socket of all) socket.destroy();
    await behindProxy.close();
  });
});
