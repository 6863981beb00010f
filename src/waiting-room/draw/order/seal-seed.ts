import { randomBytes } from 'node:crypto';
import { constantTimeEqual, decrypt, encrypt } from '../../../platform/crypto.ts';
import { seedHashOf } from './draw-key.ts';
import type { DrawRow } from '../../tables.ts';

const seedBytes = 32;

export type SealedSeed = { readonly seedHash: Buffer; readonly seedSealed: string };

/** A new seed, in the encrypted form that is stored until it is revealed. */
export function sealNewSeed(encryptionKey: string, eventId: string, number: number): SealedSeed {
  const seed = randomBytes(seedBytes);
  return {
    seedHash: seedHashOf(seed),
    seedSealed: encrypt(encryptionKey, seed.toString('hex'), context(eventId, number)),
  };
}

/** The seed; undefined if it was encrypted with another key or does not match its commitment. */
export function openSeed(encryptionKey: string, draw: DrawRow): Buffer | undefined {
  if (draw.seed !== null) return draw.seed;
  if (draw.seedSealed === null) return undefined;
  try {
    const seed = Buffer.from(decrypt(encryptionKey, draw.seedSealed, context(draw.eventId, draw.number)), 'hex');
    return constantTimeEqual(seedHashOf(seed), draw.seedHash) ? seed : undefined;
  } catch {
    return undefined;
  }
}

function context(eventId: string, number: number): string {
  return `draw.seed ${eventId} ${number}`;
}
