import { once } from 'node:events';
import { type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { takeConnection } from '../../../src/http/server/take-connection.ts';
import { closed } from '../../../testkit/closed.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that a connection leaves the HTTP server whole, with the pinned version of Node. */

let server: Server;
let client: Socket;
afterEach(() => {
  client.destroy();
  server.close();
});

/**
 * Sends these requests in one piece.
 * @returns the bytes that the client receives
 */
async function ask(answer: (outgoing: ServerResponse, path: string) => void, requests: string) {
  server = createServer((incoming, outgoing) => answer(outgoing, incoming.url ?? ''));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const received = { text: '' };
  client.on('error', () => {});
  client.on('data', (data: Buffer) => (received.text += data.toString()));
  client.write(requests);
  return received;
}
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
const connections = () =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

test('what is written on it reaches the client, even long after the server has released it', async () => {
  let taken: Socket | undefined;
  let isClosed = false;
  const received = await ask((outgoing) => {
    outgoing.on('close', () => (isClosed = true));
    // As a handler does that has asked a database.
    setImmediate(() => {
      taken = takeConnection(outgoing);
      taken?.write('first ');
    });
  }, get('/'));
  await until(() => received.text === 'first ');
  expect(isClosed).toBe(true);
  expect(await connections()).toBe(0);
  // Nothing of the server is left on it.
  expect((taken as unknown as { parser?: unknown }).parser).toBeUndefined();
  taken?.write('second ');
  const ended = closed(client);
  taken?.end('last');
  await ended;
  expect(received.text).toBe('first second last');
});

test('it is closed when the client leaves, and when the client keeps sending', async () => {
  for (const leave of [() => client.destroy(), () => client.end(), () => client.write(get('/more'))]) {
    let taken: Socket | undefined;
    await ask((outgoing) => {
      taken = takeConnection(outgoing);
      taken?.write('open');
    }, get('/'));
    await once(client, 'data');
    if (taken === undefined) throw new Error('it was not taken');
    const ended = closed(taken);
    leave();
    await ended;
    server.close();
  }
});

test('it stays with the server while an earlier request on it is answered, or once the answer has begun', async () => {
  const results: unknown[] = [];
  let first: ServerResponse | undefined;
  const received = await ask((outgoing, path) => {
    if (path === '/first') {
      first = outgoing;
      return;
    }
    results.push(takeConnection(outgoing));
    outgoing.end('second');
    first?.writeHead(200);
    if (first !== undefined) results.push(takeConnection(first));
    first?.end('first');
  }, get('/first') + get('/second'));
  await until(() => received.text.includes('second'));
  expect(results).toEqual([undefined, undefined]);
  expect(received.text.indexOf('first')).toBeLessThan(received.text.indexOf('second'));
});
