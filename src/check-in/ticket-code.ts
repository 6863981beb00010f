import { decodeBase32 } from '../platform/ids.ts';
import { codeLengthMax } from './limits.ts';

/** 16 bytes in base 32. */
const codeLength = 26;

/** What people and printers confuse, as Crockford's alphabet reads it. */
const lookalikes: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/**
 * The 16 bytes that a ticket's code stands for, however it was read: in any case, with blanks and hyphens, in full-width
 * letters, with O for 0 and I or L for 1, with what scanners put around it (an AIM prefix such as `]Q3`, STX, ETX, GS, CR, LF,
 * Tab), or as a link that carries the code in its path, query or fragment. Undefined for what is no code, and for a link with two.
 */
export function readTicketCode(text: string): Uint8Array | undefined {
  if (text.length > codeLengthMax) return undefined;
  const plain = plainText(text);
  const whole = readPlain(plain.replace(/^\][A-Z][0-9A-Z]/, '')) ?? readPlain(plain);
  if (whole !== undefined) return whole;
  const parts = new Set(plainText(decodePercent(text)).split(/[^0-9A-Z]/));
  const codes = [...parts].flatMap((part) => readPlain(part) ?? []);
  return codes.length === 1 ? codes[0] : undefined;
}

/** Upper case, full-width forms made plain, without blanks, hyphens, control characters and their pictures. */
function plainText(text: string): string {
  const ascii = /^[\x21-\x7e]*$/.test(text);
  const visible = ascii ? text : text.normalize('NFKC').replace(/[\s\p{C}\u2400-\u2426\u2212]/gu, '');
  return visible.replace(/\p{Pd}/gu, '').toUpperCase();
}

function readPlain(plain: string): Uint8Array | undefined {
  if (plain.length !== codeLength) return undefined;
  return decodeBase32(plain.replace(/[OIL]/g, (letter) => lookalikes[letter] ?? letter));
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
