import { describe, expect, test } from 'vitest';
import { greetingName, isPersonName } from '../../../src/platform/text/person-name.ts';

/** Guards greetings: a stranger's words reach nobody in the place of a name. */

describe('people', () => {
  test.each([
    'Ayu Lestari',
    'Ayu',
    'Ö',
    'Dr.Budi Santoso,S.H.,M.H.',
    'Abd.Rahman',
    'Hj. Siti Aminah, S.Ag., M.Pd.I',
    'J.R.R. Tolkien',
    'Muh.Rio',
    "Siti Nur'aini",
    'Seán D’Arcy-Ó Briain',
    'Muthu A/L Raju',
    'Ahmad @ Mohd Ali',
    'Lim (Peter) Ah Kow',
    'Robert "Bob" Smith Jr.',
    'Pembeli 1234567',
    'José',
    '李小龍',
    'محمد بن سلمان',
    'नरेन्द्र',
    'สมชาย',
    'Ayu & Bima',
    'Ayu 🎉',
  ])('%s', (name) => {
    expect(isPersonName(name)).toBe(true);
    expect(greetingName(name)?.replaceAll('. ', '.')).toBe(name.replaceAll('. ', '.'));
  });
});

describe('a text that is not a name is not used in a greeting', () => {
  test.each([
    'evil.com',
    'Ayu evil.co.id',
    'Menang! evil.shop',
    'https://evil.example',
    'http://1.2.3.4/x',
    'hxxp://evil',
    'www.evil',
    'bit.ly/abc',
    't.me/x',
    'wa.me/6281234567890',
    'Ayu(evil.com)',
    'Ayu:evil.com',
    'ayu@evil.com',
    'evil．com',
    'evil。com',
    'evil․com',
    'ev\u200dil.com',
    'сайт.рф',
    '例子.中国',
    'xn--e1afmkfd.xn--p1ai',
    'Will.I.Am',
    '<b>Ayu</b>',
    '＜b＞Ayu',
    '[Ayu](x)',
    '*Ayu*',
    '`Ayu`',
    '{{1}}',
    '=HYPERLINK("x")',
    'Ayu|calc',
    '0812 3456 7890',
    'Hubungi 0812-3456-789',
    'WA ٠٨١٢٣٤٥٦٧٨٩',
    '12',
    '...',
    '🎉',
    '',
    '\u200b',
  ])('%s', (name) => {
    expect(isPersonName(name)).toBe(false);
    expect(greetingName(name)).toBeUndefined();
  });
});

test('an abbreviation that is also a domain is printed so that no program makes a link of it', () => {
  expect(greetingName('Siti, S.Ag')).toBe('Siti, S. Ag');
  expect(greetingName('Muh.Rio')).toBe('Muh. Rio');
  expect(greetingName('\u202eAyu\u200b  Lestari ')).toBe('Ayu Lestari');
});
