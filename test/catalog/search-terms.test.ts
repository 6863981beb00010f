import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldText } from '../../src/catalog/search/fold.ts';
import { filterKeyOf, searchQueryOf, searchVectorOf } from '../../src/catalog/search/terms.ts';

/** Guards that all spellings give the same terms, in stored texts and in queries. */

describe('folding', () => {
  test.each([
    ['Café', 'cafe'],
    ['ＣＡＦＥ', 'cafe'],
    ['Łódź Ørsted Æsir', 'lodz orsted aesir'],
    ['Straße STRASSE', 'strasse strasse'],
    ['İstanbul ISTANBUL ıspanak', 'istanbul istanbul ispanak'],
    ['ΣΟΦΟΣ σοφός', 'σοφοσ σοφοσ'],
    ['Ёлка', 'елка'],
    ['مُحَمَّد', 'محمد'],
    ['أحمد إيمان', 'احمد ايمان'],
    ['شَـــالوم', 'شالوم'],
    ['שָׁלוֹם', 'שלום'],
    ['ｶﾗｵｹ カラオケ からおけ', 'からおけ からおけ からおけ'],
    ['がか', 'がか'],
    ['한국', '한국'],
    ['٢٤/٧ २४ ２４', '24/7 24 24'],
    ['น้ำ น\u0e49\u0e4d\u0e32', 'น้ำ น้ำ'],
    ['Jum\u200bat\u00ad', 'jumat'],
    ['STRAẞE', 'strasse'],
    ['Straße', 'strasse'],
  ])('%s is %s', (text, folded) => {
    expect(foldText(text)).toBe(folded.normalize('NFC'));
  });

  test('is stable when applied twice, in any composition and any case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(foldText(text.normalize(form))).toBe(folded);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('terms', () => {
  test.each([
    ['AC/DC', "'ac':1 'acdc':1 'dc':2"],
    ['24/7 live', "'24':1 '247':1 '7':2 'live':3"],
    ['東京ドーム', "'東京':1 '京ど':2 'どー':3 'ーむ':4 'む':5"],
    ['K-POP 콘서트', "'k':1 'kpop':1 'pop':2 '콘서':3 '서트':4 '트':5"],
    ['🎉 & !!!', "'🎉':1"],
  ])('of %s', (text, vector) => {
    expect(searchVectorOf([text])).toBe(vector);
  });

  test.each([
    ['Hujan & Badai', "'badai':* & 'hujan':*"],
    ['HUJAN-badai', "'badai':* & 'hujan':*"],
    ['AC/DC', "('ac' <1> 'dc':* | 'acdc':*)"],
    ['dome東京', "('dome' <1> '東京':*)"],
    ['東京2026', "('東京' <2> '2026':*)"],
    ['京', "'京':*"],
    ['🎉', "'🎉':*"],
    ['c++', "'c':*"],
    ['!!! --- &', undefined],
    ['\u200b', undefined],
  ])('asked by %s', (question, query) => {
    expect(searchQueryOf(question)).toBe(query);
  });

  test('are bounded for any stored or asked text', () => {
    const question = searchQueryOf(`${'a '.repeat(50)}${'b/'.repeat(50)}`) ?? '';
    expect(question.length).toBeLessThan(2000);
    const vector = searchVectorOf(['x'.repeat(5000), 'ab/'.repeat(20_000)]);
    expect(vector.split(' ').every((lexeme) => lexeme.length < 80)).toBe(true);
    expect(Number(vector.split(':').at(-1))).toBeLessThanOrEqual(16_000);
  });

  test('contain nothing that Postgres reads as an operator or the end of a term', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        for (const lexeme of searchVectorOf([text]).split(' ')) expect(lexeme).toMatch(/^$|^'[^'\\]+':\d+$/);
        expect(searchQueryOf(text) ?? "'a':*").toMatch(/^[^\\]+$/);
        expect((searchQueryOf(text) ?? '').replaceAll(/'[^'\\]+'(?::\*)?/g, '')).toMatch(/^(?:[ ()&|]|<\d+>)*$/);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a city is one key in all its spellings', () => {
  for (const name of ['São Paulo', 'SAO  PAULO', 'Sa\u0303o-Paulo', 'ｓａｏ ｐａｕｌｏ'])
    expect(filterKeyOf(name)).toBe('sao paulo');
  expect(filterKeyOf('!!!')).toBe('');
});
