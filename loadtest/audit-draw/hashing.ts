import { hash } from 'node:crypto';

/**
 * The draw's method a second time, written from docs/draw.md alone: nothing here is shared with the service. What both
 * agree on, anybody can do again from the document.
 */

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', Buffer.concat(parts), 'buffer');
}

export const text = (value: string): Buffer => Buffer.from(value, 'utf8');
export const fromHex = (value: string): Buffer => Buffer.from(value, 'hex');

/** Four bytes, the highest first. */
export function fourBytes(value: number): Buffer {
  return Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
}
