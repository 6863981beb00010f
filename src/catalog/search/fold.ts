/**
 * Maps all spellings of a text to one, for stored texts and for queries. Case, accents, widths, compatibility forms,
 * invisible characters and the scripts of digits make no difference. Vowel signs of Indic and Thai words do, since they are
 * letters. Postgres' `unaccent` is not used: it keeps Arabic and Hebrew vowel points, knows neither scripts of digits nor
 * composition, and needs an owner to install it.
 */

/**
 * Accents and vowel points. Marks that turn か into が make another letter, and so do marks that belong to one script.
 */
const accents =
  /[[[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}]&&\p{M}]--[\u3099\u309a]]/gv;
/** Dots for foreign sounds in the scripts of India. */
const nuktas = /[\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc]/g;
/** Joiners, soft hyphens, direction marks, the Arabic tatweel, and apostrophes that Unicode counts as letters. */
const silent = /[\p{Cf}\u0640\u02b9-\u02bf]/gu;
/** Letters that Unicode does not decompose, and equivalent spellings. */
const plainLetters: Readonly<Record<string, string>> = {
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ħ: 'h',
  ŋ: 'n',
  ŧ: 't',
  ς: 'σ',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
};
const plainLetter = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'gu');
const foreignDigit = /[[\p{Nd}]--[0-9]]/gv;
const katakana = /[\u30a1-\u30f6]/g;
const katakanaToHiragana = 0x60;
/** Thai and Lao: a vowel that Unicode decomposes stays one letter, as it is typed. */
const takenApartVowel = /[\u0e4d\u0ecd]([\u0e48-\u0e4b\u0ec8-\u0ecb]?)([\u0e32\u0eb2])/g;

const plain = /^[a-z0-9 ]*$/;

export function foldText(text: string): string {
  if (plain.test(text)) return text;
  return (
    text
      .normalize('NFKD')
      .replaceAll(silent, '')
      .replaceAll(accents, '')
      .replaceAll(nuktas, '')
      // Three conversions, because only the lower case of ẞ has an upper case in plain letters (SS), and only the upper
      // case of ß and ı has.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replaceAll(plainLetter, (letter) => plainLetters[letter] ?? letter)
      .replaceAll(foreignDigit, digitOf)
      .replaceAll(katakana, (letter) => String.fromCharCode(letter.charCodeAt(0) - katakanaToHiragana))
      .replaceAll(
        takenApartVowel,
        (_, tone: string, vowel: string) => tone + (vowel === '\u0e32' ? '\u0e33' : '\u0eb3'),
      )
      .normalize('NFC')
  );
}

/** The digits of a script have consecutive code points, from 0 to 9. */
function digitOf(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(point - value - 1))) value += 1;
  return String(value);
}
