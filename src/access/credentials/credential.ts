import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config.ts';
import { hmacSha256Text, newSecret, sha256 } from '../../platform/crypto.ts';
import { keyedHash } from '../buyers/buyer-key.ts';

/** Keys that a program or a device sends as `Authorization: Bearer`. The prefix lets secret scanners find leaked ones. */
const prefixes = { apiKey: 'antre_key_', device: 'antre_device_' } as const;

export type CredentialKind = keyof typeof prefixes | 'session';
export type CredentialSecrets = Pick<Config, 'ENCRYPTION_KEY' | 'JWT_SECRET'>;

/**
 * A new key, shown once, and its hash, which is stored. The key has 256 random bits and a signature that only we can
 * make, so an invented key is refused without a query.
 */
export function newCredential(
  kind: keyof typeof prefixes,
  secrets: Pick<Config, 'ENCRYPTION_KEY'>,
): { text: string; hash: Buffer } {
  const unmarked = `${prefixes[kind]}${newSecret()}`;
  const text = `${unmarked}${markOf(markKeyOf(secrets), unmarked)}`;
  return { text, hash: sha256(text) };
}

export function credentialKind(text: string): CredentialKind {
  if (text.startsWith(prefixes.apiKey)) return 'apiKey';
  return text.startsWith(prefixes.device) ? 'device' : 'session';
}

/**
 * Whether we issued this credential, from its text only: microseconds, no query. Its row says whether it has ended
 * since.
 */
export function createIsOurs(secrets: CredentialSecrets): (credential: string) => boolean {
  const markKey = markKeyOf(secrets);
  return (credential) => {
    if (credentialKind(credential) === 'session') return isSignedSession(secrets.JWT_SECRET, credential);
    if (!marked.test(credential)) return false;
    return isEqual(credential.slice(-markLength), markOf(markKey, credential.slice(0, -markLength)));
  };
}

const bearer = /^Bearer ([\w.~+/-]{16,2048}=*)$/i;

/** The text after `Bearer` in the header; undefined for any other scheme. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : bearer.exec(authorization)?.[1];
}

const markLength = 22;
const marked = /^antre_(?:key|device)_[\w-]{65}$/;

/** From ENCRYPTION_KEY, the secret that changes least: a signature must stay valid as long as its key. */
function markKeyOf({ ENCRYPTION_KEY }: Pick<Config, 'ENCRYPTION_KEY'>): string {
  return hmacSha256Text(ENCRYPTION_KEY, 'credential_mark.v1');
}

function markOf(markKey: string, unmarked: string): string {
  return keyedHash(markKey, unmarked);
}

/** Checks only the signature of a session token. `readSessionToken` checks its claims later. */
function isSignedSession(secret: string, token: string): boolean {
  const end = token.lastIndexOf('.');
  if (end <= 0) return false;
  return isEqual(token.slice(end + 1), createHmac('sha256', secret).update(token.slice(0, end)).digest('base64url'));
}

/** Compares two base64url texts in constant time. */
function isEqual(given: string, right: string): boolean {
  return given.length === right.length && timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(right, 'latin1'));
}
