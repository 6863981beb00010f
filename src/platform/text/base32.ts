/** Crockford's base 32, without I, L, O and U: it stays inside the alphanumeric mode of a QR code. Also for browsers. */
export const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 16 bytes are 26 characters. The last group is filled with zeros. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((buffer >> bits) & 31);
      buffer &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? text + alphabet.charAt((buffer << (5 - bits)) & 31) : text;
}

/** Characters that people and printers confuse, read as Crockford's alphabet does. */
const lookalikes: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/**
 * Text in this alphabet as people and scanners give it: any case, full-width letters, blanks, hyphens and control characters
 * (and their pictures) anywhere. Other characters stay.
 */
export function plainBase32(text: string): string {
  const ascii = /^[\x21-\x7e]*$/.test(text);
  const visible = ascii ? text : text.normalize('NFKC').replace(/[\s\p{C}\u2400-\u2426\u2212]/gu, '');
  return visible.replace(/\p{Pd}/gu, '').toUpperCase();
}

/** Reads O as 0, and I and L as 1. */
export function readLookalikes(plain: string): string {
  return plain.replace(/[OIL]/g, (letter) => lookalikes[letter] ?? letter);
}

/** The inverse of `encodeBase32`; undefined when the text is not canonical (foreign letters, stray bits). */
export function decodeBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let buffer = 0;
  let bits = 0;
  let length = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) return undefined;
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length] = (buffer >> bits) & 255;
      length += 1;
      buffer &= (1 << bits) - 1;
    }
  }
  return buffer === 0 && encodeBase32(bytes) === text ? bytes : undefined;
}
