import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}

export function hmacSha256(key: string, data: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** Hashing straight to text costs a third of hashing to bytes and converting them. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** 256 bits as 43 characters that need no escaping in a URL. */
export function hmacSha256Text(key: string, data: string | Uint8Array): string {
  return createHmac('sha256', key).update(data).digest('base64url');
}

/** Compares in constant time; texts of unequal length are unequal without a comparison. */
export function constantTimeEqual(first: string | Uint8Array, second: string | Uint8Array): boolean {
  return timingSafeEqual(sha256(first), sha256(second));
}

/** A secret for links and keys: 256 random bits as 43 characters that need no escaping in a URL. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a secret that must be read back later (gateway keys, message provider tokens) with AES-256-GCM.
 * `context` is bound in as additional data: a value copied to another row does not decrypt there.
 */
export function encrypt(keyHex: string, plaintext: string, context: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(keyHex, 'hex'), iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return `v1.${Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64url')}`;
}

/** @throws when the value was made with another key or for another context. */
export function decrypt(keyHex: string, encrypted: string, context: string): string {
  const bytes = Buffer.from(encrypted.replace(/^v1\./, ''), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(keyHex, 'hex'), bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(bytes.length - tagBytes));
  const body = bytes.subarray(ivBytes, bytes.length - tagBytes);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}
