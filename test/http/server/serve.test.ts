import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendAnswer } from '../../../src/http/hot-path/answer.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';

/** Guards against clients that trickle (T87): a limit on time counts when it is over, not half a minute later. */

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
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  socket.write(head);
  const drip = setInterval(() => socket.write(drop), 100);
  await once(socket, 'close');
  clearInterval(drip);
  return 'cut off';
}

describe('a client that sends a byte at a time', () => {
  test('is cut off in the headers', async () => {
    expect(await trickle('GET / HTTP/1.1\r\nHost: a\r\nX-', 'a')).toBe('cut off');
  });

  test.each(['/', '/refused'])('is cut off in the body, read or refused unread: %s', async (path) => {
    expect(await trickle(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n`, ' ')).toBe('cut off');
  });
});
