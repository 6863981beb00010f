import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from './client-address.ts';

/** Whether an address belongs to a proxy that may name the client. */
export type IsTrusted = (address: Address) => boolean;

/** @param entries addresses and subnets, as `trustedProxiesFault` takes them */
export function createIsTrusted(entries: readonly string[]): IsTrusted {
  const dotted: { readonly base: number; readonly mask: number }[] = [];
  const others: [ipaddr.IPv6, number][] = [];
  for (const entry of entries) {
    const [text = '', given] = entry.split('/');
    const address = parseAddress(text);
    if (address === undefined) continue;
    if (address.family === 4) {
      // Counted from the end of an IPv4-mapped IPv6 address.
      const bits = given === undefined ? 32 : Number(given) - (text.includes(':') ? 96 : 0);
      const mask = bits <= 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
      dotted.push({ base: (numberOf(address.text) & mask) >>> 0, mask });
    } else others.push([new ipaddr.IPv6([...address.parts]), given === undefined ? 128 : Number(given)]);
  }
  return (address) => {
    if (address.family === 6) {
      if (others.length === 0) return false;
      const parsed = new ipaddr.IPv6([...address.parts]);
      return others.some((subnet) => parsed.match(subnet));
    }
    if (dotted.length === 0) return false;
    const value = numberOf(address.text);
    return dotted.some(({ base, mask }) => (value & mask) >>> 0 === base);
  };
}

/** Why these are not addresses or subnets, or undefined if they are. Used when the configuration is read. */
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

/** The 32 bits of a dotted address. */
function numberOf(dotted: string): number {
  let value = 0;
  let part = 0;
  for (let index = 0; index < dotted.length; index += 1) {
    const letter = dotted.charCodeAt(index);
    if (letter === 0x2e) {
      value = value * 256 + part;
      part = 0;
    } else part = part * 10 + letter - 0x30;
  }
  return value * 256 + part;
}
