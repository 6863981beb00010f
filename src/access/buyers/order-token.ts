import { constantTimeEqual, hmacSha256Text } from '../../platform/crypto.ts';

/**
 * The secret that opens one order to its buyer: a keyed hash of the order's id (256 bits), so that a replayed placement
 * returns it again and nobody stores it. Pure.
 */
export function orderAccessToken(secret: string, orderId: string): string {
  return hmacSha256Text(secret, `order.v1\0${orderId}`);
}

/** Takes the same time wherever the two differ. */
export function isOrderAccessToken(secret: string, orderId: string, token: string): boolean {
  return constantTimeEqual(token, orderAccessToken(secret, orderId));
}
