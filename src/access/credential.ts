import { newSecret, sha256 } from '../platform/crypto.ts';

/** Keys that a program or a device sends as `Authorization: Bearer`. The prefix lets secret scanners find leaked ones. */
const prefixes = { apiKey: 'antre_key_', device: 'antre_device_' } as const;

export type CredentialKind = keyof typeof prefixes | 'session';

/** A new key of 256 random bits, shown once, and the hash of it that is kept. */
export function newCredential(kind: keyof typeof prefixes): { text: string; hash: Buffer } {
  const text = `${prefixes[kind]}${newSecret()}`;
  return { text, hash: sha256(text) };
}

export function credentialKind(text: string): CredentialKind {
  if (text.startsWith(prefixes.apiKey)) return 'apiKey';
  return text.startsWith(prefixes.device) ? 'device' : 'session';
}

const bearer = /^Bearer ([\w.~+/-]{16,2048}=*)$/i;

/** What stands after `Bearer` in the header; undefined for any other scheme. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : bearer.exec(authorization)?.[1];
}
