import { constantTimeEqual, hmacSha256Text } from '../../platform/crypto.ts';

/**
 * The secret that opens one order to its buyer: a keyed hash of the order's id (256 bits). A replayed placement returns it again, so it
 * is stored nowhere.
 */
export function orderAccessToken(secret: string, orderId: string): string {
  return hmacSha256Text(secret, `order.v1\0${orderId}`);
}

/** Compares in constant time. */
export function isOrderAccessToken(secret: string, orderId: string, token: string): boolean {
  return constantTimeEqual(token, orderAccessToken(secret, orderId));
}
