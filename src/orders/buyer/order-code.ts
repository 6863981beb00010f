import { plainBase32, readLookalikes } from '../../platform/ids.ts';

/** The ten characters of an order's code as a person typed or pasted them; undefined if it is none. */
export function parseOrderCode(text: string): string | undefined {
  const code = readLookalikes(plainBase32(text));
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : undefined;
}
