import { describe, expect, test } from 'vitest';
import { buyerKey, normalizePhone } from '../../src/access/buyer-key.ts';

/** Guards the limits per buyer (S44, T05) and one place per buyer: one person is one buyer, however the address and the number are spelt. */

describe('one phone', () => {
  test.each([
    '081366903055',
    '6281366903055',
    '+6281366903055',
    '+62 813-6690-3055',
    '+62081366903055',
    '+62 0813 6690 3055',
    '+620081366903055',
    '62081366903055',
    '006281366903055',
    '0062081366903055',
  ])('is the same as %s', (spelt) => {
    expect(normalizePhone(spelt)).toBe('6281366903055');
  });

  test('of another country is another one', () => {
    expect(normalizePhone('+6581366903')).toBe('6581366903');
    expect(normalizePhone('006581366903')).toBe('6581366903');
  });
});

test('the same mailbox is the same buyer, and another is not', () => {
  const emailKey = (email: string) => buyerKey('a secret', 'email', email);
  expect(emailKey('Ayu.Lestari+2@GoogleMail.com')).toBe(emailKey('ayulestari@gmail.com'));
  expect(emailKey('ayu.lestari@pembeli.test')).not.toBe(emailKey('ayulestari@pembeli.test'));
});
