import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClientNetwork, unparsedNetwork } from '../../../src/http/server/client-network.ts';
import { trustedProxiesFault } from '../../../src/http/server/trusted-proxies.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { type ClientNetworks, openClientNetworks, proxies } from '../support/client-networks.ts';

/** Guards that no client chooses the network that limits count it by (S21), and that no client is counted as its proxy. */

let forwardedOnly: ClientNetworks['forwardedOnly'];
let askedWith: ClientNetworks['askedWith'];
let asked: ClientNetworks['asked'];
let close: ClientNetworks['close'];
beforeAll(async () => {
  ({ forwardedOnly, askedWith, asked, close } = await openClientNetworks());
});
afterAll(() => close());

/** What proxies in use write for one client, and the network that it is. */
const spellings: readonly (readonly [string, string])[] = [
  ['203.0.113.1', '203.0.113.0/24'],
  ['203.0.113.1:50001', '203.0.113.0/24'],
  ['203.0.113.1:0', '203.0.113.0/24'],
  ['203.0.113.1:_port', '203.0.113.0/24'],
  ['"203.0.113.1"', '203.0.113.0/24'],
  ['"203.0.113.1:50001"', '203.0.113.0/24'],
  [' 203.0.113.1:50001 ', '203.0.113.0/24'],
  ['::ffff:203.0.113.1', '203.0.113.0/24'],
  ['::FFFF:CB00:7101', '203.0.113.0/24'],
  ['[::ffff:203.0.113.1]:443', '203.0.113.0/24'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:0000:0000:0000:0009', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['"[2001:db8:1:2::9]:443"', '2001:db8:1:2::/64'],
  ['"[2001:db8:1:2::9]"', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:_http', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['[fe80::1%25eth0.100]:8080', 'fe80:0:0:0::/64'],
];
const unreadable = [
  '',
  'unknown',
  'unknown:4711',
  '_hidden',
  '198.51.100',
  '1.2.3.4.5',
  '198.51.100.256',
  '198.51.100.07',
  '0x7f.0.0.1',
  '3325256705',
  '198.51.100.7:',
  '198.51.100.7:port',
  '198.51.100.7:123456',
  '[198.51.100.7]:80',
  '[2001:db8::1',
  '2001:db8::1]:80',
  '[]',
  '[2001:db8::1]443',
  '2001:db8::1::2',
  '"198.51.100.7',
  'https://198.51.100.7',
  'client.example',
  '<script>',
  '198.51.100.7, ',
  '198.51.100.7 10.0.0.1',
];

describe('behind trusted proxies', () => {
  test.each([
    ['the client that the proxy saw', '198.51.100.7', '198.51.100.0/24'],
    ['the last address that no trusted proxy has, through two of them', '198.51.100.7, 10.1.2.3', '198.51.100.0/24'],
    ['not what the client wrote before it', '203.0.113.9, 198.51.100.7', '198.51.100.0/24'],
    ['not what the client wrote in the name of a proxy', '203.0.113.9, 10.9.9.9, 198.51.100.7', '198.51.100.0/24'],
    ['not led astray by what the client wrote', '"[::1, nonsense", 198.51.100.7:443', '198.51.100.0/24'],
    ['an IPv6 client through an IPv6 proxy', '2001:db8:1:2::9, 2001:db8:ffff:1::1', '2001:db8:1:2::/64'],
    ['through proxies with ports', '198.51.100.7:1, 10.1.2.3:2, [2001:db8:ffff:1::1]:3', '198.51.100.0/24'],
    ['through a proxy in the form of IPv6', '198.51.100.7, ::ffff:10.1.2.3', '198.51.100.0/24'],
    ['whatever the blanks', ' 203.0.113.9 ,198.51.100.7 ', '198.51.100.0/24'],
  ])('it is %s', async (_about, forwarded, network) => {
    expect(await asked(forwarded)).toBe(network);
  });

  test.each(spellings)('%s in X-Forwarded-For is %s', async (written, network) => {
    expect(await asked(written)).toBe(network);
    expect(await asked(`192.0.2.1, ${written}, 10.1.1.1:80`)).toBe(network);
  });

  test.each(spellings)('%s in Forwarded is %s', async (written, network) => {
    const node = written.trim();
    const forms = [`for=${node}`, `For=${node};by=10.0.0.1;proto=https`, `proto=http; host="a,b;c"; FOR=${node}`];
    if (!node.startsWith('"')) forms.push(`for="${node}"`);
    for (const form of forms) {
      expect([form, await askedWith({ forwarded: form })]).toEqual([form, network]);
      const chain = `for=192.0.2.1, ${form}, for="10.1.1.1:80";by="[2001:db8:ffff::1]"`;
      expect([chain, await askedWith({ forwarded: chain })]).toEqual([chain, network]);
      expect(await askedWith({ forwarded: `for="x, for=\\", ${form}` })).toBe(network);
      expect(await askedWith({ forwarded: form }, forwardedOnly)).toBe(network);
    }
  });

  test.each(unreadable)(
    'an entry that is no address ("%s") names no client, and never the proxy that wrote it',
    async (written) => {
      expect(await asked(written)).toBe(unparsedNetwork);
      expect(await askedWith({ forwarded: `for=${written}` })).toBe(unparsedNetwork);
    },
  );

  test.each(['by=10.0.0.1', 'for=1.2.3.4;for=5.6.7.8', 'for', 'for=', '=1.2.3.4', 'for=1.2.3.4;;;x', 'for = 1.2.3.4'])(
    'an element without one well-formed client address ("%s") names no client',
    async (forwarded) => {
      expect(await askedWith({ forwarded })).toBe(unparsedNetwork);
    },
  );

  test('the header that proxies write counts, not the other one', async () => {
    const both = { 'x-forwarded-for': '198.51.100.7', forwarded: 'for=203.0.113.9' };
    expect(await askedWith(both)).toBe('198.51.100.0/24');
    expect(await askedWith(both, forwardedOnly)).toBe('203.0.113.0/24');
    expect(await askedWith({ 'x-forwarded-for': '198.51.100.7' }, forwardedOnly)).toBe('127.0.0.0/24');
  });

  test('a chain of thousands hides no client', async () => {
    expect(await asked(`${'203.0.113.9, '.repeat(1000)}198.51.100.7`)).toBe('198.51.100.0/24');
    expect(await asked(`203.0.113.9${', 10.1.1.1'.repeat(1000)}`)).toBe('10.1.1.0/24');
    expect(await askedWith({ forwarded: `${'for=203.0.113.9,'.repeat(800)}for=198.51.100.7` })).toBe('198.51.100.0/24');
  });

  test('the address that the proxy appends is found behind anything that a client sends before it', async () => {
    const network = createClientNetwork(proxies);
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 80 }), (before) => {
        for (const [name, own] of [
          ['x-forwarded-for', '198.51.100.7:50001'],
          ['forwarded', 'for="198.51.100.7:50001";proto=https'],
        ] as const) {
          const header = (asked: string) => (asked === name ? `${before}, ${own}` : undefined);
          expect(network({ remoteAddress: '10.0.0.1', header })).toBe('198.51.100.0/24');
        }
      }),
    );
  });

  test('an unreadable entry is logged once per header and reason, without the address, and counted', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = { error: (facts: Record<string, unknown>) => void lines.push(facts) } as never;
    const network = createClientNetwork(proxies, { log });
    const from = (name: string, written: string) =>
      network({ remoteAddress: '10.0.0.1', header: (one) => (one === name ? written : undefined) });
    const before = await unparsedCount();
    for (let time = 0; time < 5; time += 1) {
      from('x-forwarded-for', '198.51.100.7/32');
      from('forwarded', 'for=_hidden');
    }
    expect(lines).toEqual([
      { header: 'x-forwarded-for', reason: 'malformed', shape: '999.99.999.9/99' },
      { header: 'forwarded', reason: 'hidden', shape: 'aaa=_aaaaaa' },
    ]);
    expect((await unparsedCount()) - before).toBe(10);
  });
});

async function unparsedCount(): Promise<number> {
  const { values } = (await registry.getSingleMetric('antre_client_address_unparsed_total')?.get()) ?? { values: [] };
  return values.reduce((sum, { value }) => sum + value, 0);
}

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
