import { sha256 as hashOf } from '@noble/hashes/sha2.js';

/** Bytes as the draw hashes and publishes them (docs/features/draw.md): numbers big-endian, shown as hexadecimal digits. */

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return hashOf(joined(parts));
}

export function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** Empty if the text is not an even number of hexadecimal digits. Its hash then does not match. */
export function fromHex(digits: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) return new Uint8Array();
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
