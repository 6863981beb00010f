import { sha256 } from '../../src/platform/crypto.ts';
import { type IdPrefix } from '../../src/platform/ids.ts';
import { encodeBase32 } from '../../src/platform/text/base32.ts';

const plainLength = 20;
const eventKeyLength = 8;

/** A deterministic id, so that seeding again finds its rows. */
export function demoId(prefix: IdPrefix, ...words: readonly string[]): string {
  return `${prefix}_${digest(words).slice(0, plainLength)}`;
}

export function demoEventId(slug: string): string {
  return `evt_${digest([slug]).slice(0, eventKeyLength)}`;
}

function digest(words: readonly string[]): string {
  return encodeBase32(sha256(`demo\0${words.join('\0')}`));
}
