import { expect, test } from 'vitest';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';

/** Guards the limits per buyer (S44) and one place per buyer: one person is one buyer, however the address is spelt. */

test('spellings of one mailbox are one buyer, and two mailboxes are two buyers', () => {
  const emailKey = (email: string) => buyerKey('a secret', 'email', email);
  expect(emailKey('Ayu.Lestari+2@GoogleMail.com')).toBe(emailKey('ayulestari@gmail.com'));
  expect(emailKey(' ayu@M\u00dcNCHEN.example ')).toBe(emailKey('Ayu@xn--mnchen-3ya.example'));
  expect(emailKey('ayu@me.com')).toBe(emailKey('Ayu+tiket@icloud.com'));
  expect(emailKey('ayu@mac.com')).toBe(emailKey('ayu@icloud.com'));
  expect(emailKey('ayu_les.tari@pm.me')).toBe(emailKey('Ayu-Lestari+2@protonmail.com'));
  expect(emailKey('ayulestari@proton.me')).toBe(emailKey('ayu_lestari@protonmail.com'));
  expect(emailKey('ayu.lestari@icloud.com')).not.toBe(emailKey('ayulestari@icloud.com'));
  expect(emailKey('+ayu@pembeli.test')).not.toBe(emailKey('+budi@pembeli.test'));
  expect(emailKey('ayu.lestari@pembeli.test')).not.toBe(emailKey('ayulestari@pembeli.test'));
});
