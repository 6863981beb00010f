/**
 * Text that people type or paste into one line. Texts that look alike are stored alike: without invisible characters,
 * which could hide a second text, reverse the reading order of a page, or be the whole text.
 */

/** Plain ASCII with single blanks needs no work; most texts are like this. */
const plain = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
/**
 * Flags of England, Scotland and Wales are spelt with invisible letters; everywhere else those are removed. Characters
 * that Unicode never assigns (U+FFFF) are removed as well: XML cannot express them, and a spreadsheet with one in a
 * name does not open.
 */
const invisible =
  /(\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f})|[^\P{DI}\u200c\u200d\p{VS}]|[\ufff9-\ufffb\p{Noncharacter_Code_Point}]/gu;
/** Selects the form of a letter or sign that has several: emoji, Chinese and Japanese names, Mongolian. */
const strayVariations = /(?<![[\p{Emoji}\p{Script=Han}\p{Script=Mongolian}]--\p{VS}])\p{VS}/gv;
/**
 * Joiners shape words in Persian and in India's scripts, and join emoji. Everywhere else they would only hide
 * something. Accents belong to every script, so a joiner after one goes by the letter below: a composed letter has none.
 */
const strayJoiners =
  /(?<!(?:[[\p{L}\p{M}]--[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Inherited}]]|[\p{ExtPict}\p{Emoji_Modifier}\p{VS}])[\p{M}&&\p{Script=Inherited}]*)[\u200c\u200d]|[\u200c\u200d](?=[\u200c\u200d]*(?:\s|$))/gv;
/** Visible letters, digits, signs and punctuation. Unicode also counts some empty pictures among them. */
const visible = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{DI}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]]/v;
const control = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * One line of text as it is stored: composed (NFC), blanks collapsed, without invisible characters and without marks
 * that change the reading direction; empty if nothing visible remains. Control characters inside stay, so that
 * `isOneLine` refuses them.
 */
export function cleanLine(text: string): string {
  if (plain.test(text)) return text;
  const shown = withoutInvisible(text)
    .replaceAll(/\p{Zs}+/gu, ' ')
    .trim();
  return visible.test(shown) || control.test(shown) ? shown : '';
}

/** Several lines of text, cleaned as `cleanLine` does, except that lines, tabs and blanks stay where they are. */
export function cleanBlock(text: string): string {
  const shown = withoutInvisible(text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')).trim();
  return visible.test(shown) || control.test(shown.replaceAll(/[\n\t]/g, '')) ? shown : '';
}

function withoutInvisible(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(invisible, '$1')
    .replaceAll(strayVariations, '')
    .replaceAll(strayJoiners, '')
    .normalize('NFC');
}

/** Whether a cleaned text is one line: no control characters, line breaks or lone surrogates. */
export function isOneLine(text: string): boolean {
  return !control.test(text);
}

/** Whether a cleaned text is valid in several lines, which may also hold line breaks and tabs. */
export function isBlock(text: string): boolean {
  return !/[^\P{Cc}\n\t]|[\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}
