import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanBlock, cleanLine, isBlock, isOneLine } from '../../../src/platform/text/one-line-text.ts';

/** Guards every text of one line: the stored text is what a person sees. */

/** Every character of this page that is invisible, or that changes the reading direction. */
const hidden =
  '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063' +
  '\u2064\u2066\u2067\u2068\u2069\u206a\u206f\u3164\ufeff\uffa0\ufff9\ufffa\ufffb\u{1bca0}\u{1d173}\u{e0001}\u{e0041}\u{e007f}' +
  // Unicode gives these to no character.
  '\ufdd0\ufdef\ufffe\uffff\u{1fffe}\u{10ffff}';
const points = Array.from(hidden, (character) => [character.codePointAt(0)?.toString(16) ?? '', character]);

describe('invisible characters', () => {
  test.each(points)('U+%s is not stored', (_, character) => {
    expect(cleanLine(`${character}Ayu${character} Les${character}tari${character}`)).toBe('Ayu Lestari');
    expect(cleanBlock(`Ayu${character}\n\nLestari`)).toBe('Ayu\n\nLestari');
  });

  test.each([
    ...points,
    ...Array.from(' \u00a0\u2003\u3000\u2800\ufffc\u0301\u200c\u200d\ufe0f\u{e0100}', (one) => ['', one]),
  ])('U+%s alone counts as empty', (_, character) => {
    expect(cleanLine(character.repeat(3))).toBe('');
    expect(cleanBlock(`${character}\n${character}`)).toBe('');
  });
});

test.each([
  ['Persian joins its words', 'می\u200cخواهم'],
  ['a family of one picture', '👨\u200d👩\u200d👧'],
  ['a red heart', '❤\ufe0f Jakarta'],
  ['a heart on fire', '❤\ufe0f\u200d🔥'],
  ['a key of a telephone', '1\ufe0f\u20e3'],
  ['a Japanese name with its form', '葛\u{e0100}城'],
  ['the flag of England', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} – Indonesia'],
  ['Sinhala', 'ක්\u200dෂ'],
  ['signs alone', '÷'],
  ['Arabic', 'أيو لستاري'],
])('%s: stays as it is', (_, text) => {
  expect(cleanLine(text)).toBe(text);
});

test.each([
  ['blanks of all widths', '\u3000Ayu \u00a0\u2003 Lestari\u2009', 'Ayu Lestari'],
  ['letters in two pieces', 'Jose\u0301', 'José'],
  ['a joiner between Latin letters', 'A\u200dyu', 'Ayu'],
  ['a joiner too many', 'می\u200c\u200c\u200cخواهم', 'می\u200cخواهم'],
  ['a form of a letter that has none', 'A\ufe0fyu', 'Ayu'],
  ['a joiner after an accent that its letter takes up', 'a\u00ad\u0301\u200cb', 'áb'],
  ['a joiner after two of them', 'a\u200d\u0301\u200cb', 'áb'],
  ['a form after a form that has no letter', '\u180d\ufe0f葛', '葛'],
  ['a copied line with its end', '\ufeffAyu\r\n', 'Ayu'],
])('%s', (_, text, clean) => {
  expect(cleanLine(text)).toBe(clean);
});

test('control characters and line breaks inside are left for the schema to refuse', () => {
  for (const text of ['Ayu\nLestari', 'Ayu\u2028Lestari', 'Ayu\u0007', 'A\u0085B', 'A\ud800B', 'A\tB']) {
    expect(isOneLine(cleanLine(`x${text}x`))).toBe(false);
  }
  expect(isBlock(cleanBlock('Ayu\r\nLestari\u2028x\ty'))).toBe(true);
  expect(cleanBlock('Ayu\r\nLestari\u2028x\ty')).toBe('Ayu\nLestari\nx\ty');
  expect(isBlock('a\u0007')).toBe(false);
});

const odd = fc.constantFrom(
  ...Array.from(
    `${hidden} aÅé\u0301\u200c\u200d\ufe0f\u{e0100}\u2800❤🔥👨مक\u094d葛🏴\u{e0067}\u00a0\u30001#\u20e3\u1100\u1161\t\n\u2028`,
  ),
);
const texts = fc
  .array(fc.oneof(odd, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), { maxLength: 14 })
  .map((parts) => parts.join(''));

test('a cleaned text stays unchanged when it is cleaned again', () => {
  for (const clean of [cleanLine, cleanBlock]) {
    fc.assert(
      fc.property(texts, (text) => {
        const once = clean(text);
        expect(clean(once)).toBe(once);
        expect(once).toBe(once.normalize('NFC'));
        expect(once).not.toMatch(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\ufeff]/);
      }),
      { numRuns: 3000 },
    );
  }
});
