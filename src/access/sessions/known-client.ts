import { randomBytes } from 'node:crypto';
import { readSignedText, signText } from '../../platform/text/signed-text.ts';
import { keyedHash } from '../buyers/buyer-key.ts';

/**
 * The token that a client keeps after it has signed in or confirmed an address: `known.<subject>.<number>.<until>.<mark>`. It gives no
 * access. It shows that the member or buyer has used this client before, so that strangers who use up the tries of an address do not lock
 * its owner out. The subject is a keyed hash, the number is random, and the service does not store the token.
 */
export function signKnownClient(secret: string, subject: string, now: Date): string {
  const number = randomBytes(numberBytes).toString('base64url');
  const until = Math.floor(now.getTime() / 1000) + knownClientDays * 24 * 3600;
  return signText(secret, label, `known.${subject}.${number}.${until.toString(36)}`);
}

/** The key that counts the tries of this client; undefined for a missing, foreign or expired token. */
export function readKnownClient(
  secret: string,
  subject: string,
  token: string | undefined,
  now: Date,
): string | undefined {
  if (token === undefined) return undefined;
  const [, owner, number, until] = pattern.exec(readSignedText(secret, label, token) ?? '') ?? [];
  if (owner !== subject || number === undefined || until === undefined) return undefined;
  return Number.parseInt(until, 36) * 1000 > now.getTime()
    ? keyedHash(secret, `device:${subject}\0${number}`)
    : undefined;
}

/** The subject for a staff address, known or not. */
export function staffSubject(secret: string, email: string): string {
  return keyedHash(secret, `staff:${email}`);
}

/** The keyed hash of the network that a session stores. */
export function signedInFromKey(secret: string, email: string, network: string): string {
  return keyedHash(secret, `signed_in_from:${email}\0${network}`);
}

const knownClientDays = 180;
const numberBytes = 9;
const label = 'known_client.v1';
const pattern = /^known\.([\w-]{22})\.([\w-]{12})\.([0-9a-z]{1,8})$/;
