import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createClientNetwork,
  networkOf,
  networkOfContext,
  trustedProxiesFault,
} from '../../src/http/client-network.ts';
import { type Serving, serve } from '../../src/http/serve.ts';

/** Guards that nobody chooses the network that limits count him by (S21). */

const proxies = ['127.0.0.0/8', '10.0.0.0/8', '2001:db8:ffff::/48'];
let serving: Serving;
let untrusting: Serving;

const served = (trusted: readonly string[]) => {
  const network = networkOfContext(createClientNetwork(trusted));
  return serve(
    new Hono().get('/', (c) => c.text(network(c))),
    { host: '127.0.0.1', port: 0, reusePort: false },
  );
};
beforeAll(async () => {
  [serving, untrusting] = await Promise.all([served(proxies), served([])]);
});
afterAll(() => Promise.all([serving.close(), untrusting.close()]));

const asked = async (forwarded: string | undefined, { port }: Serving = serving): Promise<string> => {
  const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
};

describe('behind trusted proxies', () => {
  test.each([
    ['the client that the proxy saw', '198.51.100.7', '198.51.100.0/24'],
    ['the last address that no trusted proxy has, through two of them', '198.51.100.7, 10.1.2.3', '198.51.100.0/24'],
    ['not what the client wrote before it', '203.0.113.9, 198.51.100.7', '198.51.100.0/24'],
    ['not what the client wrote in the name of a proxy', '203.0.113.9, 10.9.9.9, 198.51.100.7', '198.51.100.0/24'],
    ['an IPv6 client', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['an IPv6 client through an IPv6 proxy', '2001:db8:1:2::9, 2001:db8:ffff:1::1', '2001:db8:1:2::/64'],
    ['a proxy in the clothes of IPv6', '198.51.100.7, ::ffff:10.1.2.3', '198.51.100.0/24'],
    ['a client in the clothes of IPv6', '::FFFF:198.51.100.7', '198.51.100.0/24'],
    ['spaces or none', ' 203.0.113.9 ,198.51.100.7 ', '198.51.100.0/24'],
  ])('it is %s', async (_about, forwarded, network) => {
    expect(await asked(forwarded)).toBe(network);
  });

  test.each(['', 'unknown', '198.51.100.7:4711', '_hidden', '198.51.100', '1.2.3.4.5', '<script>', '198.51.100.7, '])(
    'what is no address ("%s") counts as the proxy that wrote it',
    async (forwarded) => {
      expect(await asked(forwarded)).toBe('127.0.0.0/24');
    },
  );

  test('a chain of thousands hides nobody', async () => {
    expect(await asked(`${'203.0.113.9, '.repeat(1000)}198.51.100.7`)).toBe('198.51.100.0/24');
    expect(await asked(`203.0.113.9${', 10.1.1.1'.repeat(1000)}`)).toBe('10.1.1.0/24');
  });
});

test('without trusted proxies the header is nothing', async () => {
  expect(await asked('198.51.100.7', untrusting)).toBe('127.0.0.0/24');
  expect(await asked(undefined, untrusting)).toBe('127.0.0.0/24');
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

  test('is one for all spellings of an address, and another next door', () => {
    expect(new Set(['2001:db8:0:7::1', '2001:0db8::7:0:0:0:1', '2001:DB8:0:7:ffff::'].map(networkOf)).size).toBe(1);
    expect(networkOf('2001:db8:0:8::1')).not.toBe(networkOf('2001:db8:0:7::1'));
  });
});

describe('the list of trusted proxies', () => {
  test.each(['10.0.0.0/8', '192.0.2.7', '::1', '2001:db8::/32', '0.0.0.0/0'])('takes %s', (entry) => {
    expect(trustedProxiesFault([entry])).toBeUndefined();
    expect(() => createClientNetwork([entry])).not.toThrow();
  });

  test.each([
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '::1/129',
    'proxy.example',
    '*',
    '10.0.0.0/',
    '',
  ])('refuses "%s"', (entry) => {
    expect(trustedProxiesFault(['192.0.2.7', entry])).toBeTypeOf('string');
  });
});
