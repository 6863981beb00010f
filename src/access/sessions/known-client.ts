import { randomBytes } from 'node:crypto';
import { readSignedText, signText } from '../../platform/text/signed-text.ts';
import { keyedHash } from '../buyers/buyer-key.ts';

/**
 * What a browser or program keeps after it has signed in, or confirmed an address: `known.<subject>.<number>.<until>.<mark>`. It
 * lets nobody in. It only shows that this client has been used by that member or buyer, so that strangers who use up the tries of
 * an address do not keep its owner out. The subject is a keyed hash, and nobody stores the token. Pure, but for the number.
 */
export function signKnownClient(secret: string, subject: string, now: Date): string {
  const number = randomBytes(numberBytes).toString('base64url');
  const until = Math.floor(now.getTime() / 1000) + knownClientDays * 24 * 3600;
  return signText(secret, label, `known.${subject}.${number}.${until.toString(36)}`);
}

/** What the tries of this client are counted by; undefined for a token that is none, of somebody else, or too old. */
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

/** A member of staff, by the normalised address: the same whether or not there is one. */
export function staffSubject(secret: string, email: string): string {
  return keyedHash(secret, `staff:${email}`);
}

/** Where a member has signed in from: what a session keeps of the network. */
export function signedInFromKey(secret: string, email: string, network: string): string {
  return keyedHash(secret, `signed_in_from:${email}\0${network}`);
}

const knownClientDays = 180;
const numberBytes = 9;
const label = 'known_client.v1';
const pattern = /^known\.([\w-]{22})\.([\w-]{12})\.([0-9a-z]{1,8})$/;
