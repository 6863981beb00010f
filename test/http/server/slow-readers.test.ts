import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { closed } from '../../../testkit/closed.ts';

/**
 * Guards against clients that request and do not read: each would hold a connection and its answer as long as it likes.
 */

const stallMs = 1000;
/** More than the kernel takes off our hands. */
const answerBytes = 32_000_000;
const answer = new Uint8Array(answerBytes);

let server: Serving;
let unguarded: Serving;
beforeAll(async () => {
  const start = (stallTimeoutMs: number) =>
    serve(
      { fetch: (request) => new Response(new URL(request.url).pathname === '/small' ? 'ok' : answer) },
      {
        host: '127.0.0.1',
        port: 0,
        reusePort: false,
        stallTimeoutMs,
      },
    );
  [server, unguarded] = await Promise.all([start(stallMs), start(0)]);
});
afterAll(() => Promise.all([server.close(), unguarded.close()]));

/** How many bytes come back once the client begins to read, after so long. */
async function readAfter(port: number, milliseconds: number): Promise<number> {
  const socket = await asked(port, '/');
  socket.pause();
  await sleep(milliseconds);
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes >= answerBytes) socket.destroy();
  });
  socket.resume();
  await closed(socket);
  return bytes;
}

async function asked(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return socket;
}

describe.concurrent('a client that does not read its answer', () => {
  test.concurrent('is disconnected', async () => {
    expect(await readAfter(server.port, 4 * stallMs)).toBeLessThan(answerBytes);
  });

  test.concurrent('control: without the limit its connection stays open', async () => {
    expect(await readAfter(unguarded.port, 4 * stallMs)).toBeGreaterThanOrEqual(answerBytes);
  });
});

test.concurrent('a client that reads slowly gets its whole answer', async () => {
  const socket = await asked(server.port, '/');
  let bytes = 0;
  let pauses = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes >= answerBytes) socket.destroy();
    if (bytes < (pauses + 1) * (answerBytes / 8)) return;
    pauses += 1;
    socket.pause();
    void sleep(stallMs / 3).then(() => socket.resume());
  });
  await closed(socket);
  expect(bytes).toBeGreaterThanOrEqual(answerBytes);
});

test.concurrent('a connection that waits for its next request is not closed as stalled', async () => {
  const socket = await asked(server.port, '/small');
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toContain('200 OK');
  await sleep(3 * stallMs);
  socket.write('GET /small HTTP/1.1\r\nHost: a\r\n\r\n');
  const [second] = (await once(socket, 'data')) as [Buffer];
  expect(second.toString()).toContain('200 OK');
  socket.destroy();
});
