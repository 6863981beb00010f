import { expect, test } from 'vitest';
import { likelyAddress } from '../../src/web/client/shared/forms/likely-address.ts';

test('a domain with a typo of a known one is asked about; known and unrelated ones are not', () => {
  const likely = {
    'ayu@gmial.com': 'ayu@gmail.com',
    'ayu@gamil.com': 'ayu@gmail.com',
    'ayu@gmail.con': 'ayu@gmail.com',
    'Ayu@GMAIL.CO': 'Ayu@gmail.com',
    'ayu@yaho.co.id': 'ayu@yahoo.co.id',
    'ayu@hotmial.com': 'ayu@hotmail.com',
    'ayu@outlok.com': 'ayu@outlook.com',
  };
  for (const [typed, meant] of Object.entries(likely)) expect([typed, likelyAddress(typed)]).toEqual([typed, meant]);
  for (const typed of [
    'ayu@gmail.com',
    'ayu@antre.example',
    'ayu@mail.com',
    'ayu@kampus.ac.id',
    'ayu',
    '@gmial.com',
    'ayu@',
  ])
    expect([typed, likelyAddress(typed)]).toEqual([typed, undefined]);
});
