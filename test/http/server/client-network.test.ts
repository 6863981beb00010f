import type { IncomingMessage, ServerResponse } from 'node:http';
import { Worker } from 'node:worker_threads';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hotRequestOf } from '../../../src/http/hot-path/hot-request.ts';
import {
  createClientNetwork,
  networkOf,
  networkOfContext,
  unparsedNetwork,
  widerNetworkOf,
} from '../../../src/http/server/client-network.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { createIsTrusted } from '../../../src/http/server/trusted-proxies.ts';
import { parseAddress } from '../../../src/http/server/client-address.ts';
import { until } from '../../../testkit/until.ts';
import { type ClientNetworks, openClientNetworks, proxies } from '../support/client-networks.ts';

/** Guards that no client chooses the network that limits count it by (S21), and that no client is counted as its proxy. */

let untrusting: ClientNetworks['untrusting'];
let askedWith: ClientNetworks['askedWith'];
let asked: ClientNetworks['asked'];
let close: ClientNetworks['close'];
beforeAll(async () => {
  ({ untrusting, askedWith, asked, close } = await openClientNetworks());
});
afterAll(() => close());

test('without trusted proxies the headers are ignored', async () => {
  expect(await asked('198.51.100.7', untrusting)).toBe('127.0.0.0/24');
  expect(await asked(undefined, untrusting)).toBe('127.0.0.0/24');
  expect(await askedWith({ forwarded: 'for=198.51.100.7' }, untrusting)).toBe('127.0.0.0/24');
});

test('a client that resets its connection before it is accepted has no network, whatever it claims', async () => {
  const networkOfRequest = createClientNetwork(proxies);
  const seen: string[] = [];
  const router = new Hono().post('/router', (c) => c.text(String(seen.push(networkOfContext(networkOfRequest)(c)))));
  const take = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (incoming.url !== '/hot') return false;
    outgoing.end(String(seen.push(networkOfRequest(hotRequestOf(incoming, '/hot')))));
    return true;
  };
  const server = await serve(
    { take, fetch: (request, env) => router.fetch(request, env) },
    { host: '127.0.0.1', port: 0, reusePort: false },
  );
  // Clients come and go while this process does not look, as while its event loop is busy.
  const gone = new Int32Array(new SharedArrayBuffer(4));
  const clients = new Worker(
    `const { connect } = require('node:net');
    const { workerData: gone } = require('node:worker_threads');
    for (const path of ['/hot', '/router']) {
      const request = ['POST ' + path + ' HTTP/1.1', 'Host: a', 'X-Forwarded-For: 198.51.100.7', 'Content-Length: 0', '', ''];
      const socket = connect(${server.port}, '127.0.0.1', () => socket.write(request.join('\\r\\n'), () => socket.resetAndDestroy()));
      socket.on('close', () => Atomics.add(gone, 0, 1) === 1 && Atomics.notify(gone, 0));
    }`,
    { eval: true, workerData: gone },
  );
  for (let count = 0; count < 2; count = Atomics.load(gone, 0)) Atomics.wait(gone, 0, count, 10_000);
  await until(() => seen.length === 2);
  expect(seen).toEqual([unparsedNetwork, unparsedNetwork]);
  await Promise.all([server.close(), clients.terminate()]);
});

test('a trusted proxy that names no client counts as the client', async () => {
  expect(await asked(undefined)).toBe('127.0.0.0/24');
});

test.each([
  ['10.0.0.0/8', ['10.255.0.1', '::ffff:10.1.1.1'], ['11.0.0.1', '2001:db8::10.0.0.1']],
  ['192.0.2.7', ['192.0.2.7'], ['192.0.2.6']],
  ['0.0.0.0/0', ['198.51.100.7'], ['2001:db8::1']],
  ['::ffff:10.0.0.0/104', ['10.1.1.1'], ['11.0.0.1']],
  ['2001:db8::/33', ['2001:db8:7fff::1', '2001:db8::1%eth0'], ['2001:db8:8000::1', '127.0.0.1']],
  ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '127.0.0.1']],
])('the proxies %s are known in every spelling', (entry, inside, outside) => {
  const isTrusted = createIsTrusted([entry]);
  const judged = (text: string) => {
    const address = parseAddress(text);
    return address !== undefined && isTrusted(address);
  };
  expect(inside.map(judged)).toEqual(inside.map(() => true));
  expect(outside.map(judged)).toEqual(outside.map(() => false));
});

describe('a network', () => {
  test.each([
    ['192.0.2.255', '192.0.2.0/24'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0000:0000:abcd::', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.7', '192.0.2.0/24'],
    ['::ffff:c000:207', '192.0.2.0/24'],
    ['0:0:0:0:0:ffff:c000:0207', '192.0.2.0/24'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test.each([
    ['2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['0:0:0:0::/64', '0:0:0::/48'],
    ['192.0.2.0/24', undefined],
    [unparsedNetwork, undefined],
  ])('%s lies in %s', (network, wider) => {
    expect(widerNetworkOf(network)).toBe(wider);
  });

  test('is the same for all spellings of an address, and differs for its neighbour', () => {
    expect(new Set(['2001:db8:0:7::1', '2001:0db8::7:0:0:0:1', '2001:DB8:0:7:ffff::'].map(networkOf)).size).toBe(1);
    expect(networkOf('2001:db8:0:8::1')).not.toBe(networkOf('2001:db8:0:7::1'));
  });
});
