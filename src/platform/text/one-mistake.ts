/** Texts with one typing mistake: a letter that is wrong, missing or too many, or two neighbours that are swapped. Also for browsers. */

/** Shorter words are one mistake away from those of too many people. */
const nearWordMin = 4;
/** Longer words are hardly names, and their patterns would be slow. */
const nearWordMax = 24;

/** Whether a mistake in the word is forgiven. */
export function isForgiven(word: string): boolean {
  return word.length >= nearWordMin && word.length <= nearWordMax;
}

/**
 * Whether the text is what was typed, or begins with it, apart from at most one mistake. Of all readings of a mistake only those at the
 * first difference matter: an earlier one would be the same text.
 */
export function nearness(text: string, typed: string): 'whole' | 'beginning' | undefined {
  let at = 0;
  while (at < typed.length && typed[at] === text[at]) at += 1;
  if (at === typed.length) return text.length === at ? 'whole' : 'beginning';
  const isSwap = typed[at] === text[at + 1] && typed[at + 1] === text[at];
  // Where the typed text continues, and where the text does.
  const readings: readonly (readonly [number, number])[] = [
    [at + 1, at + 1],
    [at, at + 1],
    [at + 1, at],
    ...(isSwap ? [[at + 2, at + 2] as const] : []),
  ];
  let isBeginning = false;
  for (const [typedFrom, textFrom] of readings) {
    const rest = typed.slice(typedFrom);
    if (textFrom > text.length || !text.startsWith(rest, textFrom)) continue;
    if (textFrom + rest.length === text.length) return 'whole';
    isBeginning = true;
  }
  return isBeginning ? 'beginning' : undefined;
}

/** Whether a word of a name begins as it was typed, also with a mistake that is forgiven. */
export function beginsNear(part: string, typed: string): boolean {
  return part.startsWith(typed) || (isForgiven(typed) && nearness(part, typed) !== undefined);
}

/**
 * A regular expression of Postgres for words that `nearness` calls near, each after a blank.
 * @param word of letters and digits
 */
export function nearWordPattern(word: string): string {
  const letters = Array.from(word);
  const text = (from: number, to?: number) => letters.slice(from, to).join('');
  // With and without another letter here, and with and without this one.
  const changed = letters.map((letter, at) => `${text(0, at)}[^ ]?${letter}?${text(at + 1)}`);
  const swapped = letters
    .slice(1)
    .map((_, at) => `${text(0, at)}${text(at + 1, at + 2)}${text(at, at + 1)}${text(at + 2)}`);
  return ` (?:${[...changed, ...swapped].join('|')})`;
}
