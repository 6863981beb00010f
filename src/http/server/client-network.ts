import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Log } from '../../platform/log.ts';
import { counter } from '../../platform/metrics.ts';
import { type Address, type NoAddress, parseAddress, parseNode } from './client-address.ts';
import { forOf, lastElement } from './forwarded-header.ts';
import { type IsTrusted, createIsTrusted } from './trusted-proxies.ts';

/** The network of a request: its key in limits, or `unparsedNetwork` if it is unknown. */
export type ClientNetwork = (request: {
  /** Undefined for a request inside this process, and `unknownAddress` for a client that was gone at once. */
  readonly remoteAddress: string | undefined;
  header(name: string): string | undefined;
}) => string;

/**
 * The key of all requests whose address a trusted proxy wrote in an unknown form. They share the limit of one network.
 * The proxy's own network would be everybody's, and no network would mean no limit.
 */
export const unparsedNetwork = 'unparsed';

/**
 * The address of a client that reset its connection before it was accepted: what it had sent is read, and nobody knows any
 * more where from. It must not count as a request inside this process, which comes from the loopback.
 */
const unknownAddress = '';

/** The header in which trusted proxies write the client's address. */
export const addressHeaders = ['x-forwarded-for', 'forwarded'] as const;
export type AddressHeader = (typeof addressHeaders)[number];

/**
 * How many entries of a chain are read. Entries before those of trusted proxies are the client's own, in any number.
 */
const hopsMax = 20;
const shapeLengthMax = 60;

const unparsedTotal = counter(
  'client_address_unparsed_total',
  'Requests whose address a trusted proxy wrote in an unknown form, by header and reason',
  ['header', 'reason'],
);

/**
 * The network of a request: IPv4 /24 or IPv6 /64. A household or a venue shares one, and an attacker owns many
 * addresses in one. Only the part of the header that trusted proxies wrote counts: it is read from the right, and the
 * first address that is not a trusted proxy is the client. An unreadable entry is counted, and logged once per header
 * and reason. Without a connection (an in-process request) the client is on the loopback.
 * @param options.header the header that proxies write; default: `X-Forwarded-For`, or `Forwarded` if it is missing
 */
export function createClientNetwork(
  trustedProxies: readonly string[],
  options: { readonly header?: AddressHeader; readonly log?: Pick<Log, 'error'> } = {},
): ClientNetwork {
  const isTrusted = createIsTrusted(trustedProxies);
  const logged = new Set<string>();

  const unparsed = (header: AddressHeader, written: string, reason: NoAddress): string => {
    unparsedTotal.inc({ header, reason });
    if (!logged.has(`${header} ${reason}`)) {
      logged.add(`${header} ${reason}`);
      options.log?.error({ header, reason, shape: shapeOf(written) }, 'a proxy wrote an address that cannot be read');
    }
    return unparsedNetwork;
  };

  return ({ remoteAddress, header }) => {
    const peer = parseAddress(remoteAddress ?? '127.0.0.1');
    if (peer === undefined) return unparsedNetwork;
    if (!isTrusted(peer)) return networkOfAddress(peer);
    const list = options.header === 'forwarded' ? undefined : header('x-forwarded-for');
    if (list !== undefined) {
      const found = clientOf(list, peer, isTrusted, nextInList);
      return found.address === undefined
        ? unparsed('x-forwarded-for', found.written, found.reason)
        : networkOfAddress(found.address);
    }
    const elements = header('forwarded');
    // There is no client in front of the proxy. The proxy itself asks, like a load balancer that checks our health.
    if (elements === undefined) return networkOfAddress(peer);
    const found = clientOf(elements, peer, isTrusted, nextElement);
    return found.address === undefined
      ? unparsed('forwarded', found.written, found.reason)
      : networkOfAddress(found.address);
  };
}

/** The network of a request that came through the router. */
export function networkOfContext(clientNetwork: ClientNetwork): (c: Context) => string {
  return (c) => clientNetwork({ remoteAddress: socketAddress(c), header: (name) => c.req.header(name) });
}

export function socketAddress(c: Context): string | undefined {
  // Throwing and catching an error costs a quarter of a millisecond, and requests inside this process have no
  // connection.
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  return incoming === undefined ? undefined : addressOfPeer(incoming.socket);
}

/** The address at the other end of a connection. */
export function addressOfPeer({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress ?? unknownAddress;
}

/** The network of an address, as limits count it. */
export function networkOf(address: string): string {
  const parsed = parseAddress(address);
  return parsed === undefined ? unparsedNetwork : networkOfAddress(parsed);
}

/**
 * The IPv6 /48 around a network; undefined for IPv4. A rented machine often comes with a /48, which is 65,536 networks.
 * Together they have a second, wider limit.
 */
export function widerNetworkOf(network: string): string | undefined {
  if (!network.endsWith('::/64')) return undefined;
  return `${network.slice(0, network.lastIndexOf(':', network.length - 6))}::/48`;
}

function networkOfAddress(address: Address): string {
  if (address.family === 4) return `${address.text.slice(0, address.text.lastIndexOf('.'))}.0/24`;
  const [first = 0, second = 0, third = 0, fourth = 0] = address.parts;
  return `${first.toString(16)}:${second.toString(16)}:${third.toString(16)}:${fourth.toString(16)}::/64`;
}

type Hop = { readonly node: string | undefined; readonly before: number };
type Found =
  | { readonly address: Address }
  | { readonly address?: undefined; readonly reason: NoAddress; readonly written: string };

/** Reads the header from the right, as far as trusted proxies wrote it. */
function clientOf(
  written: string,
  peer: Address,
  isTrusted: IsTrusted,
  next: (written: string, end: number) => Hop,
): Found {
  let address = peer;
  let end = written.length;
  for (let hops = 0; hops < hopsMax && end >= 0 && (hops === 0 || isTrusted(address)); hops += 1) {
    const { node, before } = next(written, end);
    const parsed = node === undefined ? 'malformed' : parseNode(node);
    if (typeof parsed === 'string') return { reason: parsed, written: written.slice(before + 1, end) };
    address = parsed;
    end = before;
  }
  return { address };
}

function nextInList(written: string, end: number): Hop {
  const before = end === 0 ? -1 : written.lastIndexOf(',', end - 1);
  return { node: written.slice(before + 1, end), before };
}

function nextElement(written: string, end: number): Hop {
  const { element, before } = lastElement(written, end);
  return { node: forOf(element), before };
}

/** The shape of the text without its content, because an address is personal data. */
function shapeOf(written: string): string {
  return written.trim().slice(0, shapeLengthMax).replaceAll(/\d/g, '9').replaceAll(/[a-z]/gi, 'a');
}
