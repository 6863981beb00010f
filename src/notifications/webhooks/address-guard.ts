import type { LookupAddress, LookupOptions } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { callbackify } from 'node:util';
import ipaddr from 'ipaddr.js';
import { parseAddress } from '../../http/server/client-address.ts';
import { createIsTrusted } from '../../http/server/trusted-proxies.ts';
import { webhookAddressRefused } from '../errors.ts';

/**
 * Keeps webhooks from addresses that only the service can reach: its own machines, private networks, metadata services
 * of clouds. An organiser chooses the address. It is checked when it is saved, and again on every connection with the
 * very addresses that are connected to, so a name whose answer changes in between is refused.
 */
export type AddressGuard = {
  /**
   * The address as it is saved.
   * @throws DomainError webhook.address_refused
   */
  check(url: string): Promise<string>;
  /**
   * The addresses of a host, each of them allowed.
   * @throws AddressRefused, or the error of the resolver
   */
  resolve(hostname: string): Promise<LookupAddress[]>;
  /** `resolve` as `node:net` asks for it. */
  lookup(hostname: string, options: LookupOptions, done: LookupDone): void;
};

type LookupDone = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** The host has no address that webhooks may use. */
export class AddressRefused extends Error {
  readonly code = 'no_public_address';
}

/** Ports on which services usually answer over TLS. */
const portsAllowed = ['', '443', '8443'];
const resolveTimeoutMs = 2000;
const resolveTries = 2;
/** Errors of names without an address. Every other error may be temporary. */
const noAddressCodes = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'EFORMERR', 'EREFUSED']);

/**
 * @param options.allowedNetworks networks that are allowed although they are not public, for local development and
 * tests. If there is one, addresses may also be plain HTTP on any port. Production refuses the setting.
 * @param options.resolver DNS alone, without the hosts file and without Node's few threads
 */
export function createAddressGuard(options: {
  readonly allowedNetworks: readonly string[];
  readonly resolver?: Pick<Resolver, 'resolve4' | 'resolve6'>;
}): AddressGuard {
  const isLocal = options.allowedNetworks.length > 0;
  const isAllowed = createIsTrusted(options.allowedNetworks);
  const resolver = options.resolver ?? new Resolver({ timeout: resolveTimeoutMs, tries: resolveTries });

  const requireAllowed = (text: string): LookupAddress => {
    const address = parseAddress(text);
    if (address === undefined || !(isPublic(address.text) || isAllowed(address))) throw new AddressRefused();
    return { address: address.text, family: address.family };
  };

  const resolve = async (hostname: string): Promise<LookupAddress[]> => {
    const bare = hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) !== 0) return [requireAllowed(bare)];
    // The hosts file has this name, not the DNS.
    if (bare === 'localhost') return [requireAllowed('127.0.0.1')];
    const answers = await Promise.allSettled([resolver.resolve4(bare), resolver.resolve6(bare)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const passing = answers.find(
      (answer) => answer.status === 'rejected' && !noAddressCodes.has(codeOf(answer.reason)),
    );
    if (found.length === 0 && passing?.status === 'rejected') throw passing.reason;
    if (found.length === 0) throw new AddressRefused();
    // A forbidden address among allowed ones is an attack.
    return found.map(requireAllowed);
  };

  const resolveThen = callbackify(resolve);

  return {
    resolve,
    lookup: (hostname, { all }, done) =>
      resolveThen(hostname, (error, addresses) => {
        if (error !== null) done(error, '');
        else if (all === true) done(null, addresses);
        else done(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
      }),
    check: async (text) => {
      const url = URL.parse(text);
      if (url === null || !(url.protocol === 'https:' || (isLocal && url.protocol === 'http:')))
        throw webhookAddressRefused('not_https');
      if (url.username !== '' || url.password !== '') throw webhookAddressRefused('has_credentials');
      if (url.hash !== '') throw webhookAddressRefused('has_fragment');
      if (!isLocal && !portsAllowed.includes(url.port)) throw webhookAddressRefused('port');
      try {
        await resolve(url.hostname);
      } catch {
        // One reason for all cases, because the answer must not reveal which private names exist.
        throw webhookAddressRefused('not_public');
      }
      return url.href;
    },
  };
}

/** Only global unicast. Addresses that embed or translate an IPv4 address (mapped, NAT64, 6to4, Teredo) are refused. */
function isPublic(text: string): boolean {
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(ipaddr.parseCIDR('2000::/3'));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
