import { describe, expect, test } from 'vitest';
import { readEmail } from '../../../src/platform/text/email-address.ts';

/**
 * Guards addresses: every spelling of one address is one address, and texts that no server would accept are refused.
 */

describe('one address', () => {
  test.each([
    [' ayu@pembeli.test\n', 'ayu@pembeli.test'],
    ['\u200bayu@pembeli.test\ufeff', 'ayu@pembeli.test'],
    ['\u202aayu@pembeli.test\u202c', 'ayu@pembeli.test'],
    ['Ayu.L@PEMBELI.Test', 'Ayu.L@pembeli.test'],
    ['ayu＠pembeli.test', 'ayu@pembeli.test'],
    ['ayu@münchen.example', 'ayu@xn--mnchen-3ya.example'],
    ['ayu@MÜNCHEN.example', 'ayu@xn--mnchen-3ya.example'],
    ['ayu@mu\u0308nchen.example', 'ayu@xn--mnchen-3ya.example'],
    ['ayu@XN--Mnchen-3ya.example', 'ayu@xn--mnchen-3ya.example'],
    ['ayu@пример.рф', 'ayu@xn--e1afmkfd.xn--p1ai'],
    ['ayu@xn--e1afmkfd.xn--p1ai', 'ayu@xn--e1afmkfd.xn--p1ai'],
    ['ayu@例子。广告', 'ayu@xn--fsqu00a.xn--4rr70v'],
    ["o'neil+rock/1@a-b.co.id", "o'neil+rock/1@a-b.co.id"],
    [`${'a'.repeat(64)}@pembeli.test`, `${'a'.repeat(64)}@pembeli.test`],
  ])('%j', (text, address) => {
    expect(readEmail(text)).toBe(address);
    expect(readEmail(address)).toBe(address);
  });
});

describe('no address', () => {
  test.each([
    '',
    'ayu',
    '@pembeli.test',
    'ayu@',
    'ayu@pembeli',
    'ayu@pembeli.test.',
    'ayu@.test',
    'ayu@a..test',
    'a..b@pembeli.test',
    '.a@pembeli.test',
    'a.@pembeli.test',
    'a b@pembeli.test',
    'a@b@pembeli.test',
    'ayu @pembeli.test',
    'ayu@pembeli.test, x@y.test',
    '"a b"@pembeli.test',
    '<ayu@pembeli.test>',
    'ayu@-pembeli.test',
    'ayu@pem_beli.test',
    'ayu@pem%62eli.test',
    'ayu@pembeli.test?x',
    'ayu@pembeli.test/x',
    'ayu@pembeli.test:25',
    'ayu@1.2.3.4',
    'ayu@0x7f.1',
    'ayu@[127.0.0.1]',
    'ayu@pembeli.test\r\nBcc: all@pembeli.test',
    'пользователь@пример.рф',
    `${'a'.repeat(65)}@pembeli.test`,
    `a@${'b'.repeat(64)}.test`,
    `a@${'ü'.repeat(60)}.test`,
    `a@${'bbbbbbbbb.'.repeat(26)}test`,
  ])('%j', (text) => {
    expect(readEmail(text)).toBeUndefined();
  });
});

test('its length is counted in the bytes that are sent, not in visible letters', () => {
  const umlauts = `a@${Array.from({ length: 9 }, () => 'ü'.repeat(20)).join('.')}.test`;
  expect(umlauts.length).toBeLessThan(254);
  const sent = readEmail(umlauts);
  expect(sent === undefined || Buffer.byteLength(sent) <= 254).toBe(true);
  expect(readEmail(`a@${Array.from({ length: 13 }, () => `ä${'b'.repeat(16)}`).join('.')}.test`)).toBeUndefined();
});
