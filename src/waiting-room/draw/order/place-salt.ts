import { hmacSha256 } from '../../../platform/crypto.ts';
import { saltBytes } from './method.ts';

/**
 * The salt of a place's leaf, 16 bytes, told to its buyer alone: with it the buyer recognises the own leaf, and nobody
 * who guesses a phone number does.
 */
export function placeSalt(secret: string, eventId: string, index: number): Buffer {
  return hmacSha256(secret, `salt.v1\0${eventId}\0${index}`).subarray(0, saltBytes);
}
