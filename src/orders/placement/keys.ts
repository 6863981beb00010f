import { buyerKey, keyedHash } from '../../access/buyers/buyer-key.ts';
import { sha256Hex } from '../../platform/crypto.ts';

/** Keyed hashes of the buyer's normalised email and phone. */
export function buyerKeys(hashSecret: string, buyer: { email: string; phone: string }): readonly [string, string] {
  return [buyerKey(hashSecret, 'email', buyer.email), buyerKey(hashSecret, 'phone', buyer.phone)];
}

export function networkKey(hashSecret: string, network: string): string {
  return keyedHash(hashSecret, `network:${network}`);
}

const eventDigits = 8;
const keyDigits = 24;

/**
 * Idempotency-Keys as orders keep them: 128 bits in hex, of which the first 32 are the event's and the rest the key's hash.
 * What an event's orders leave in the index therefore lies together.
 * @param keyHashes SHA-256 in hex
 */
export function storedKeys(eventId: string, keyHashes: readonly string[]): string[] {
  const event = sha256Hex(eventId).slice(0, eventDigits);
  return keyHashes.map((hash) => event + hash.slice(0, keyDigits));
}
