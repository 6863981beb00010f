import { BlockList, isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { HotRequest } from './hot-request.ts';

/** The network of whoever sent these: the connection's address, and what proxies wrote. */
export type ClientNetwork = (request: Pick<HotRequest, 'remoteAddress' | 'header'>) => string;

/**
 * The network that a request comes from: IPv4 /24, IPv6 /64, since a household or a venue shares one and an attacker
 * owns many addresses in one. `X-Forwarded-For` counts only as far as trusted proxies wrote it: it is read from the
 * right, and the first address that is not a trusted proxy is the client. Without a connection (an in-process request)
 * everyone is on the loopback.
 */
export function createClientNetwork(trustedProxies: readonly string[]): ClientNetwork {
  const trusted = toBlockList(trustedProxies);
  return ({ remoteAddress, header }) =>
    networkOf(clientAddress(unmapped(remoteAddress ?? '127.0.0.1'), header('x-forwarded-for'), trusted));
}

/** The same of a request that came through the router. */
export function networkOfContext(clientNetwork: ClientNetwork): (c: Context) => string {
  return (c) => clientNetwork({ remoteAddress: socketAddress(c), header: (name) => c.req.header(name) });
}

export function toBlockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Why these are not addresses or subnets, or undefined when they are. Used when the configuration is read. */
export function trustedProxiesFault(entries: readonly string[]): string | undefined {
  const wrong = entries.find((entry) => {
    const [address = '', bits, more] = entry.split('/');
    const version = isIP(address);
    return (
      version === 0 ||
      more !== undefined ||
      (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32)))
    );
  });
  return wrong === undefined ? undefined : 'must be a comma-separated list of addresses or subnets such as 10.0.0.0/8';
}

const hopsMax = 20;

function clientAddress(peer: string, forwarded: string | undefined, trusted: BlockList): string {
  let address = peer;
  if (forwarded === undefined) return address;
  // The last ones: those before them are the client's own words, of which there may be as many as it likes.
  const hops = forwarded.split(',').slice(-hopsMax);
  while (isTrusted(address, trusted)) {
    const hop = hops.pop()?.trim();
    if (hop === undefined || isIP(hop) === 0) return address;
    address = hop;
  }
  return address;
}

export function socketAddress(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address;
  } catch {
    return undefined;
  }
}

/** An IPv4 address that came in the clothes of IPv6 (`::ffff:192.0.2.7`, `::ffff:c000:207`) is the IPv4 address. */
export function unmapped(address: string): string {
  if (!address.includes(':')) return address;
  const [, dotted, high, low] =
    /^(?:0{0,4}:){1,5}:?ffff:(?:(\d+\.\d+\.\d+\.\d+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return address;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

function isTrusted(address: string, trusted: BlockList): boolean {
  return trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

export function networkOf(address: string): string {
  const plain = unmapped(address);
  if (!isIPv6(plain)) return `${plain.slice(0, plain.lastIndexOf('.'))}.0/24`;
  const [head = '', tail = ''] = plain.split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const missing = plain.includes('::') ? 8 - left.length - right.length : 0;
  const groups = [...left, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
