/** Windows-1252 beyond Latin-1: the characters of PDF's standard fonts. */
const extraLetters = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
/** Text as it is drawn: composed, on one line, without control characters. */
export function paperText(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}\u202f\u2009]+/gu, ' ')
    .trim();
}

/** Whether PDF's standard fonts can show the text, so that no font needs to be embedded. */
export function isStandard(text: string): boolean {
  for (const character of text) if (!isStandardCharacter(character)) return false;
  return true;
}

function isStandardCharacter(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return (
    (point >= 0x20 && point < 0x7f) ||
    (point >= 0xa0 && point <= 0xff && point !== 0xad) ||
    extraLetters.includes(character)
  );
}
