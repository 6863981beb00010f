import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { closedLoop } from '../../loadtest/generator/closed-loop.ts';
import { openConnection, requestBytes } from '../../loadtest/generator/connection.ts';
import { openLoop } from '../../loadtest/generator/open-loop.ts';

/** The figures of the benches are only as good as the generator's counting. */

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serving(handle: RequestListener): Promise<number> {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that stands still once, this long after its first request. */
async function stalling(options: { afterMs: number; forMs: number }): Promise<number> {
  let first: number | undefined;
  return serving((_request, response) => {
    const now = performance.now();
    first ??= now;
    const stallEnds = first + options.afterMs + options.forMs;
    const isStalled = now >= first + options.afterMs && now < stallEnds;
    setTimeout(() => response.end('{}'), isStalled ? stallEnds - now : 0);
  });
}

const stall = { afterMs: 1000, forMs: 2000 };
const run = { connections: 10, warmupSeconds: 0, seconds: 4, next: () => requestBytes('GET', '/', {}) };

test('an open loop shows a stall of two seconds to every request that was due during it', async () => {
  const result = await openLoop({ ...run, to: await stalling(stall), offeredPerSecond: 200 });
  expect(result.statuses).toEqual({ 200: 800 });
  expect(result.latencies.percentile(0.999)).toBeGreaterThan(1900);
  // Half of the requests were due during the pause, and half of these waited for more than a second.
  expect(result.latencies.percentile(0.8)).toBeGreaterThan(800);
  expect(result.latencies.percentile(0.3)).toBeLessThan(result.latencies.percentile(0.8));
});

test('a closed loop hides the same stall, so its latencies are not claimed', async () => {
  const result = await closedLoop({ ...run, to: await stalling(stall) });
  expect(result.latencies.max).toBeGreaterThan(1900);
  // Only as many requests as connections were affected, out of all that were sent.
  expect(result.latencies.percentile(0.5)).toBeLessThan(result.latencies.max / 2);
});

test('only expected answers count; all are listed by status', async () => {
  let asked = 0;
  const port = await serving((_request, response) => {
    asked += 1;
    response.statusCode = asked % 3 === 0 ? 201 : 503;
    response.end('{}');
  });
  let seen = 0;
  const result = await closedLoop({
    ...run,
    seconds: 1,
    to: port,
    counts: ({ status }) => status === 201,
    onAnswer: () => (seen += 1),
  });
  const all = Object.values(result.statuses).reduce((sum, count) => sum + count, 0);
  expect(result.counted).toBe(result.statuses['201']);
  expect(result.latencies.count).toBe(result.counted);
  expect(result.counted).toBeLessThan(all / 2);
  expect(seen).toBeGreaterThanOrEqual(all);
});

test('a lost connection is counted as lost, and the load goes on with a new one', async () => {
  let asked = 0;
  const port = await serving((request, response) => {
    asked += 1;
    if (asked % 50 === 0) request.socket.destroy();
    else response.end('{}');
  });
  const result = await closedLoop({ ...run, seconds: 1, to: port });
  expect(result.statuses['lost']).toBeGreaterThan(0);
  expect(result.statuses['200']).toBeGreaterThan(result.statuses['lost'] ?? 0);
});

test('an answer in pieces, without a length, or without a body is read whole', async () => {
  const port = await serving((request, response) => {
    if (request.url === '/304') return response.writeHead(304, { etag: '"Ab"' }).end();
    if (request.url === '/chunks') {
      response.write('one ');
      return setTimeout(() => response.end('two'), 20);
    }
    response.writeHead(200, { 'Content-Length': 6 });
    response.write('abc');
    return setTimeout(() => response.end('def'), 20);
  });
  const connection = await openConnection(port);
  closers.push(() => connection.close());
  const pieces = await connection.send(requestBytes('GET', '/', {}));
  expect(pieces.body.toString()).toBe('abcdef');
  const chunks = await connection.send(requestBytes('GET', '/chunks', {}));
  expect(chunks.body.toString()).toContain('two');
  const unchanged = await connection.send(requestBytes('GET', '/304', {}));
  expect(unchanged).toMatchObject({ status: 304, headers: expect.stringContaining('"Ab"') });
});

test('a request carries the length of its body in bytes', async () => {
  const port = await serving((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.end(JSON.stringify({ body, type: request.headers['content-type'] })));
  });
  const connection = await openConnection(port);
  closers.push(() => connection.close());
  const sent = JSON.stringify({ name: 'Ayu Lestari é 🎫' });
  const { body } = await connection.send(requestBytes('POST', '/', { 'x-more': 'yes' }, sent));
  expect(JSON.parse(body.toString())).toEqual({ body: sent, type: 'application/json' });
});
