import { buyerKey, keyedHash } from '../../access/buyers/buyer-key.ts';

/** Keyed hashes of the buyer's normalised email and phone. */
export function buyerKeys(hashSecret: string, buyer: { email: string; phone: string }): readonly [string, string] {
  return [buyerKey(hashSecret, 'email', buyer.email), buyerKey(hashSecret, 'phone', buyer.phone)];
}

export function networkKey(hashSecret: string, network: string): string {
  return keyedHash(hashSecret, `network:${network}`);
}
