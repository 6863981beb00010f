import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constantTimeEqual, decrypt, encrypt, hmacSha256, newSecret, sha256 } from '../../src/platform/crypto.ts';

/** Guards that a stored secret can be read only with the key, in its own place, and unchanged. */

const key = randomBytes(32).toString('hex');
const context = 'payment_accounts:org_1:midtrans';

describe('encryption', () => {
  test('decrypts to the plain text, and differs each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encrypted = encrypt(key, text, context);
        expect(decrypt(key, encrypted, context)).toBe(text);
        expect(encrypt(key, text, context)).not.toBe(encrypted);
      }),
    );
  });

  test('refuses a value that was copied to another place', () => {
    const encrypted = encrypt(key, 'SB-Mid-server-secret', context);
    for (const elsewhere of ['payment_accounts:org_2:midtrans', '', `${context} `]) {
      expect(() => decrypt(key, encrypted, elsewhere)).toThrow();
    }
    expect(() => decrypt(randomBytes(32).toString('hex'), encrypted, context)).toThrow();
  });

  test('refuses a value that was changed anywhere, or cut at any length', () => {
    const [version, text = ''] = encrypt(key, 'secret', context).split('.');
    const bytes = Buffer.from(text, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decrypt(key, `${version}.${changed.toString('base64url')}`, context)).toThrow();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decrypt(key, `${version}.${bytes.subarray(0, length).toString('base64url')}`, context)).toThrow();
    }
  });
});

test('hashes are those of the published vectors', () => {
  expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  // RFC 4231, test case 2.
  expect(hmacSha256('Jefe', 'what do ya want for nothing?').toString('hex')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test('constant-time comparison compares correctly', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (one, other) => constantTimeEqual(one, other) === (one === other)));
  expect(constantTimeEqual('', 'a')).toBe(false);
});

test('a secret has 256 bits and needs no escaping in a URL', () => {
  const secret = newSecret();
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(encodeURIComponent(secret)).toBe(secret);
  expect(newSecret()).not.toBe(secret);
});
