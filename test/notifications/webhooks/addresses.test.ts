import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAddressGuard } from '../../../src/notifications/webhooks/address-guard.ts';
import { createEndpointCaller } from '../../../src/notifications/webhooks/sending/call-endpoint.ts';
import { DomainError } from '../../../src/platform/errors.ts';
import { systemClock } from '../../../src/platform/clock.ts';

/** Guards that webhooks reach public addresses only: when an address is saved, and on every connection. */

/** A DNS server over UDP. It answers each name with the next of its addresses, and keeps the last. */
async function startDns(zone: Record<string, string[]>) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString());
      at += length + 1;
    }
    const question = query.subarray(12, at + 5);
    const isA = query.readUInt16BE(at + 1) === 1;
    const addresses = zone[labels.join('.')];
    if (isA) asked.push(labels.join('.'));
    const ip = !isA ? undefined : addresses !== undefined && addresses.length > 1 ? addresses.shift() : addresses?.[0];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(addresses === undefined ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(ip === undefined ? 0 : 1, 6);
    head.writeUInt32BE(0, 8);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...(ip ?? '0.0.0.0').split('.').map(Number)]);
    socket.send(Buffer.concat([head, question, ...(ip === undefined ? [] : [record])]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return { resolver, asked, close: () => socket.close() };
}

const zone = {
  'public.test': ['93.184.215.14'],
  'private.test': ['10.0.0.7'],
  'metadata.test': ['169.254.169.254'],
  'rebound.test': ['93.184.215.14', '127.0.0.1'],
  'local.test': ['127.0.0.1'],
};
let dns: Awaited<ReturnType<typeof startDns>>;
let target: ReturnType<typeof createServer>;
let port: number;
let reached = 0;
beforeAll(async () => {
  dns = await startDns(zone);
  target = createServer((request, response) => {
    reached += 1;
    if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` });
    response.end('inside');
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  port = (target.address() as AddressInfo).port;
});
afterAll(() => {
  dns.close();
  target.close();
});

const guard = () => createAddressGuard({ allowedNetworks: [], resolver: dns.resolver });
const caller = () => createEndpointCaller({ guard: guard(), clock: systemClock });
const call = (url: string, by = caller()) => by.call(url, { 'content-length': '2' }, '{}', AbortSignal.timeout(5000));

const refused = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://１２７.０.０.１/',
  'https://0.0.0.0/',
  'https://0/',
  'https://10.1.2.3/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[::127.0.0.1]/',
  'https://[fe80::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fc00::1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://[ff02::1]/',
  'https://localhost/',
  'https://private.test/',
  'https://metadata.test/',
  'https://nowhere.test/',
];

describe('addresses that are not public', () => {
  test.each(refused)('%s is refused when it is saved', async (url) => {
    const refusal = await guard()
      .check(url)
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ code: 'webhook.address_refused', details: { reason: 'not_public' } });
  });

  test.each(refused)('%s is refused when it is called, without a connection', async (url) => {
    expect(await call(url)).toMatchObject({ status: undefined, failure: 'no_public_address' });
    expect(await call(url.replace('https:', 'http:'))).toMatchObject({ failure: 'no_public_address' });
  });
});

test.each([
  ['http://public.test/', 'not_https'],
  ['ftp://public.test/', 'not_https'],
  ['file:///etc/passwd', 'not_https'],
  ['gopher://public.test/', 'not_https'],
  ['public.test', 'not_https'],
  ['https://', 'not_https'],
  ['https://public.test@127.0.0.1/', 'has_credentials'],
  ['https://user:secret@public.test/', 'has_credentials'],
  ['https://public.test/#here', 'has_fragment'],
  ['https://public.test:6379/', 'port'],
  ['https://public.test:22/', 'port'],
])('%s is refused when it is saved: %s', async (url, reason) => {
  await expect(guard().check(url)).rejects.toMatchObject({ code: 'webhook.address_refused', details: { reason } });
});

test.each([
  ['https://public.test/hooks?key=1', 'https://public.test/hooks?key=1'],
  ['HTTPS://Public.TEST:443/', 'https://public.test/'],
  ['https://public.test:8443/', 'https://public.test:8443/'],
  ['https://public.test/\r\nSET x', 'https://public.test/SET%20x'],
])('%s is saved as %s', async (given, saved) => {
  expect(await guard().check(given)).toBe(saved);
});

test('a name that changes its answer after it was saved is refused on the connection', async () => {
  expect(await guard().check('https://rebound.test/')).toBe('https://rebound.test/');
  expect(dns.asked.filter((name) => name === 'rebound.test')).toHaveLength(1);
  const before = reached;
  expect(await call(`http://rebound.test:${port}/`)).toMatchObject({ failure: 'no_public_address' });
  expect(reached).toBe(before);
  // Control: without the guard the same call reaches the service's own machine.
  const open = createAddressGuard({ allowedNetworks: ['127.0.0.0/8'], resolver: dns.resolver });
  const unguarded = createEndpointCaller({ guard: open, clock: systemClock });
  expect(await call(`http://rebound.test:${port}/`, unguarded)).toMatchObject({ status: 200 });
  expect(reached).toBe(before + 1);
  unguarded.close();
});

test('one private address among public ones refuses the name', async () => {
  const both = {
    resolve4: () => Promise.resolve(['93.184.215.14', '10.0.0.1']),
    resolve6: () => Promise.resolve([]),
  } as unknown as Pick<Resolver, 'resolve4' | 'resolve6'>;
  await expect(createAddressGuard({ allowedNetworks: [], resolver: both }).resolve('any.test')).rejects.toThrow();
});

test('a resolver that does not answer is a temporary failure, not a refusal', async () => {
  const silent = new Resolver({ timeout: 100, tries: 1 });
  silent.setServers(['127.0.0.1:9']);
  const by = createEndpointCaller({
    guard: createAddressGuard({ allowedNetworks: [], resolver: silent }),
    clock: systemClock,
  });
  expect(await call('https://public.test/', by)).toMatchObject({ failure: 'dns_failed' });
});

describe('where the loopback network is allowed, as in local development', () => {
  const local = () => createAddressGuard({ allowedNetworks: ['127.0.0.0/8'], resolver: dns.resolver });

  test('it is taken over plain HTTP on any port; other private networks are not', async () => {
    expect(await local().check(`http://localhost:${port}/`)).toBe(`http://localhost:${port}/`);
    expect(await local().check('http://local.test:4000/')).toBe('http://local.test:4000/');
    for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/', 'http://[::1]/', 'http://private.test/'])
      await expect(local().check(url)).rejects.toMatchObject({ code: 'webhook.address_refused' });
  });

  test('a redirect is not followed', async () => {
    const by = createEndpointCaller({ guard: local(), clock: systemClock });
    const before = reached;
    expect(await call(`http://127.0.0.1:${port}/redirect`, by)).toMatchObject({ status: 302, failure: 'redirect' });
    expect(reached).toBe(before + 1);
    by.close();
  });
});
