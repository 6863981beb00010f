import { constantTimeEqual, hmacSha256Text } from '../../platform/crypto.ts';
import { bearerOf } from '../credentials/credential.ts';

/**
 * The secret that opens one ticket to the person it was given to: a keyed hash of the ticket's id and of the number of
 * its transfer (256 bits). It is stored nowhere. The next transfer has the next number, which ends this link.
 */
export function ticketAccessToken(secret: string, ticketId: string, transfer: number): string {
  return `${transfer}.${hmacSha256Text(secret, `ticket.v1\0${ticketId}\0${transfer}`)}`;
}

/**
 * The number of the transfer whose link the request presents as its bearer token; undefined for a request without one. The caller
 * compares the number with the ticket's own.
 */
export function presentedTransfer(
  authorization: string | undefined,
  secret: string,
  ticketId: string,
): number | undefined {
  const token = bearerOf(authorization);
  if (token === undefined) return undefined;
  const transfer = Number(/^([1-9]\d?)\./.exec(token)?.[1] ?? 0);
  if (transfer === 0) return undefined;
  return constantTimeEqual(token, ticketAccessToken(secret, ticketId, transfer)) ? transfer : undefined;
}
