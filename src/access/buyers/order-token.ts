import { constantTimeEqual, hmacSha256Text } from '../../platform/crypto.ts';

/**
 * The secret that opens one order to its buyer: a keyed hash of the order's id and of its link's version (256 bits). A
 * replayed placement returns it again, so it is stored nowhere. The version is in the order's row. It rises when the
 * address is corrected, so that links sent to the wrong address stop working.
 * @param version 1 for an order whose address was never corrected
 */
export function orderAccessToken(secret: string, orderId: string, version: number): string {
  return version === 1
    ? hmacSha256Text(secret, `order.v1\0${orderId}`)
    : `${version}.${hmacSha256Text(secret, `order.v1\0${orderId}\0${version}`)}`;
}

/** A text of another form is no token of any order, which is known without a hash. */
const form = /^(?:([1-9]\d?)\.)?[\w-]{43}$/;

export const hasOrderTokenForm = (text: string): boolean => form.test(text);

/**
 * The version of the link that a token belongs to; undefined for a token of another order. Compares in constant time.
 * The caller compares the version with the order's own.
 */
export function readOrderToken(secret: string, orderId: string, token: string): number | undefined {
  const [whole, number = '1'] = form.exec(token) ?? [];
  if (whole === undefined) return undefined;
  const version = Number(number);
  return constantTimeEqual(token, orderAccessToken(secret, orderId, version)) ? version : undefined;
}
