import { constantTimeEqual, hmacSha256Text } from '../../platform/crypto.ts';
import { bearerOf } from '../credentials/credential.ts';

/**
 * The secret that opens one waiting-list entry to the person whose address it has: a keyed hash of its id, stored
 * nowhere.
 */
export function waitingAccessToken(secret: string, entryId: string): string {
  return hmacSha256Text(secret, `waiting.v1\0${entryId}`);
}

/** Whether the header presents the secret of this entry. */
export function presentsWaiting(authorization: string | undefined, secret: string, entryId: string): boolean {
  const token = bearerOf(authorization);
  return token !== undefined && constantTimeEqual(token, waitingAccessToken(secret, entryId));
}
