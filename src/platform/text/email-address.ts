import { domainToASCII } from 'node:url';
import { cleanLine } from './one-line-text.ts';

/** Bytes of a path in SMTP (RFC 5321), without the angle brackets. */
export const emailBytesMax = 254;
const mailboxBytesMax = 64;

/** A mailbox as mail programs give them out: ASCII, unquoted, with single dots inside. */
const mailbox = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
/**
 * The input that `domainToASCII` may get. It decodes, cuts or drops parts of anything else, as a browser does with
 * URLs.
 */
const unicodeDomain = /^[\p{L}\p{M}\p{N}.。-]+$/u;
/** At least two labels. The last one is not a number: that would make it an IP address. */
const domain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/;

/**
 * An email address in the one spelling in which it is stored and sent to: no blanks around it, and the domain in
 * lower-case ASCII as browsers send it ("ayu@münchen.example" and "ayu@xn--mnchen-3ya.example" are one address). The
 * mailbox keeps its spelling, because its owner's server decides whether case matters. Undefined for a text that is no
 * address.
 */
export function readEmail(text: string): string | undefined {
  const line = cleanLine(text).replaceAll('＠', '@');
  const at = line.lastIndexOf('@');
  if (at < 1 || at > mailboxBytesMax || line.length > 4 * emailBytesMax) return undefined;
  const [name, host] = [line.slice(0, at), line.slice(at + 1)];
  if (!mailbox.test(name) || !unicodeDomain.test(host)) return undefined;
  const ascii = domain.test(host) && !host.includes('xn--') ? host : domainToASCII(host);
  if (!domain.test(ascii)) return undefined;
  const email = `${name}@${ascii}`;
  // Both are ASCII: characters are bytes.
  return email.length <= emailBytesMax ? email : undefined;
}
