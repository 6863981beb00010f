import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address in one canonical spelling: dotted IPv4, or IPv6 without a zone. */
export type Address =
  | { readonly family: 4; readonly text: string }
  | { readonly family: 6; readonly text: string; readonly parts: readonly number[] };

/** Why a name that a proxy wrote gives no address. `hidden`: the proxy wrote `unknown` or an obfuscated name. */
export type NoAddress = 'hidden' | 'malformed';

const zone = /%[\w.~%-]{1,64}$/;
const bracketed = /^\[([^\]]+)\](?::(?:\d{1,5}|_[\w.-]{1,64}))?$/;
const dottedWithPort = /^([\d.]+):(?:\d{1,5}|_[\w.-]{1,64})$/;
const hidden = /^(?:unknown|_[\w.-]{1,64})(?::(?:\d{1,5}|_[\w.-]{1,64}))?$/i;

/** A bare address, as a socket gives it. IPv4-mapped IPv6 (`::ffff:192.0.2.7`) becomes the IPv4 address. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, text };
  if (!text.includes(':')) return undefined;
  const plain = text.replace(zone, '');
  if (!isIPv6(plain)) return undefined;
  const parsed = ipaddr.IPv6.parse(plain);
  if (parsed.isIPv4MappedAddress()) return { family: 4, text: parsed.toIPv4Address().toString() };
  return { family: 6, text: plain, parts: parsed.parts };
}

/**
 * An address as proxies write it in `X-Forwarded-For`, and after `for=` in `Forwarded` (RFC 7239): bare, with a port,
 * in brackets, in quotes, with a zone.
 */
export function parseNode(written: string): Address | NoAddress {
  const text = unquoted(written.trim());
  const bare = parseAddress(text);
  if (bare !== undefined) return bare;
  const [, dotted] = dottedWithPort.exec(text) ?? [];
  if (dotted !== undefined) return parseAddress(dotted) ?? 'malformed';
  const [, inBrackets] = bracketed.exec(text) ?? [];
  if (inBrackets?.includes(':') === true) return parseAddress(inBrackets) ?? 'malformed';
  return hidden.test(text) ? 'hidden' : 'malformed';
}

/** The text of a quoted string; other text as it is. */
function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}
