import { createServer } from 'node:http';
import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendAnswer } from '../../../src/http/hot-path/answer.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { closed } from '../../../testkit/closed.ts';

/** Guards against clients that trickle: a time limit takes effect when it is over, not half a minute later. */

const limitMs = 500;

let server: Serving;
beforeAll(async () => {
  server = await serve(
    {
      take: (incoming, outgoing) => {
        if (incoming.url !== '/refused') return false;
        sendAnswer(outgoing, { status: 503, body: 'no' });
        return true;
      },
      fetch: async (request) => new Response(await request.text()),
    },
    {
      host: '127.0.0.1',
      port: 0,
      reusePort: false,
      headersTimeoutMs: limitMs,
      requestTimeoutMs: limitMs,
    },
  );
});
afterAll(() => server.close());

/** Settles when the client is cut off; by its defaults, Node would let it go on for five minutes. */
async function trickle(head: string, drop: string): Promise<'cut off'> {
  const socket: Socket = connect(server.port, '127.0.0.1');
  socket.resume();
  await once(socket, 'connect');
  socket.write(head);
  const drip = setInterval(() => socket.write(drop), 100);
  await closed(socket);
  clearInterval(drip);
  return 'cut off';
}

describe('a client that sends a byte at a time', () => {
  test('is disconnected while it sends headers', async () => {
    expect(await trickle('GET / HTTP/1.1\r\nHost: a\r\nX-', 'a')).toBe('cut off');
  });

  test.each(['/', '/refused'])(
    'is disconnected while it sends a body, whether that is read or not: %s',
    async (path) => {
      expect(await trickle(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n`, ' ')).toBe('cut off');
    },
  );
});

describe('a server that stops', () => {
  const open = async (port: number) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  /** The answer's text; undefined if the connection ends without one. */
  const ask = (socket: Socket) =>
    new Promise<string | undefined>((resolve) => {
      socket.once('data', (bytes: Buffer) => resolve(bytes.toString()));
      socket.once('close', () => resolve(undefined));
      if (socket.destroyed || socket.readableEnded) return resolve(undefined);
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    });
  /** Requests on connections that are idle when the server begins to stop. */
  const askedWhileStopping = async (port: number, stop: () => unknown) => {
    const sockets = await Promise.all([open(port), open(port), open(port)]);
    for (const socket of sockets) expect(await ask(socket)).toContain('200 OK');
    const stopped = stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const answers = await Promise.all(sockets.map(ask));
    await stopped;
    return answers;
  };

  test('answers requests on idle connections, and asks their clients to close them', async () => {
    const stopping = await serve(
      { fetch: () => new Response('yes') },
      { host: '127.0.0.1', port: 0, reusePort: false },
    );
    const answers = await askedWhileStopping(stopping.port, () => stopping.close());
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\nconnection: close\r\n/i);
    await expect(open(stopping.port)).rejects.toThrow('ECONNREFUSED');
  });

  test('control: by itself, Node closes those connections, and nobody knows what became of the requests', async () => {
    const plain = createServer((_, outgoing) => outgoing.end('yes')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const address = plain.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await askedWhileStopping(port, () => plain.close())).toEqual([undefined, undefined, undefined]);
  });
});
