/** Latin letters that Unicode does not take apart into a plain letter and a mark. */
const plainLetters: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ŧ: 't',
  Ŧ: 'T',
  ŋ: 'n',
  Ŋ: 'N',
  ə: 'e',
  Ə: 'E',
  ĸ: 'k',
  ʻ: "'",
  ʼ: "'",
  '‑': '-',
  '−': '-',
  '\u202f': ' ',
  '\u2009': ' ',
};

/** Windows-1252 beyond Latin-1: what the standard fonts of PDF can show. */
const extraLetters = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/**
 * The text as far as the standard fonts of PDF can show it: letters with foreign marks lose the mark, letters of other
 * scripts and emoji go, spaces close up. `fallback` stands in when no letter or digit is left.
 */
export function printable(text: string, fallback = ''): string {
  let shown = '';
  for (const character of text.normalize('NFC')) shown += printableCharacter(character);
  const closed = shown.replace(/\s+/g, ' ').trim();
  return /[\p{L}\p{N}]/u.test(closed) ? closed : fallback;
}

function printableCharacter(character: string): string {
  if (isShown(character)) return character;
  const plain = plainLetters[character];
  if (plain !== undefined) return plain;
  let letters = '';
  for (const letter of character.normalize('NFKD').replace(/\p{M}/gu, '')) {
    letters += isShown(letter) ? letter : (plainLetters[letter] ?? '');
  }
  return letters;
}

function isShown(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return (
    (point >= 0x20 && point < 0x7f) ||
    (point >= 0xa0 && point <= 0xff && point !== 0xad) ||
    extraLetters.includes(character)
  );
}
