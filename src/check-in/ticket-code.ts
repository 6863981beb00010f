import { decodeBase32 } from '../platform/ids.ts';

/** 16 bytes in base 32. */
const codeLength = 26;

/**
 * The 16 bytes that a ticket's code stands for. Codes are read by machines and typed by people: case, spaces and hyphens
 * do not matter, any other difference does. Undefined for what cannot be a code at all.
 */
export function readTicketCode(text: string): Uint8Array | undefined {
  const plain = text.replace(/[\s-]/g, '').toUpperCase();
  return plain.length === codeLength ? decodeBase32(plain) : undefined;
}
