import { hash } from 'node:crypto';

/**
 * A second implementation of the draw, written only from docs/features/draw.md. It shares no code with the service: if both agree,
 * anybody can repeat the draw from the document.
 */

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', Buffer.concat(parts), 'buffer');
}

export const text = (value: string): Buffer => Buffer.from(value, 'utf8');
export const fromHex = (value: string): Buffer => Buffer.from(value, 'hex');

/** Four bytes, big-endian. */
export function fourBytes(value: number): Buffer {
  return Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
}
