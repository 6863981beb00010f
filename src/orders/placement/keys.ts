import { buyerKey, keyedHash } from '../../access/buyers/buyer-key.ts';
import { widerNetworkOf } from '../../http/server/client-network.ts';
import { sha256Hex } from '../../platform/crypto.ts';

/** Keyed hashes of the buyer's normalised email and phone. Limits count by them. */
export function buyerKeys(hashSecret: string, buyer: { email: string; phone: string }): readonly [string, string] {
  return [buyerKey(hashSecret, 'email', buyer.email), buyerKey(hashSecret, 'phone', buyer.phone)];
}

/**
 * The keyed hash of the network that orders and wrong promo codes count for. Of IPv6 it is the /48: a rented machine often
 * comes with one, and would otherwise hold the share of 65,536 networks.
 */
export function networkKey(hashSecret: string, network: string): string {
  return keyedHash(hashSecret, `network:${widerNetworkOf(network) ?? network}`);
}

const eventDigits = 8;
const keyDigits = 24;

/**
 * Idempotency-Keys as orders store them: 128 bits in hex. The first 32 bits come from the event, the rest from the key's hash, so
 * the index entries of one event lie together.
 * @param keyHashes SHA-256 in hex
 */
export function storedKeys(eventId: string, keyHashes: readonly string[]): string[] {
  const event = sha256Hex(eventId).slice(0, eventDigits);
  return keyHashes.map((hash) => event + hash.slice(0, keyDigits));
}
