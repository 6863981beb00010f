import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Finds the files of the Noto fonts that may contain a character. Each package lists the ranges of its files, so a text
 * opens the few files of its own characters and not all 40 MB.
 */

const require = createRequire(import.meta.url);

type Family = { readonly package: string; readonly suffix: string };

const variable = (name: string): Family => ({ package: `@fontsource-variable/${name}`, suffix: 'wght-normal' });
const fixed = (name: string): Family => ({ package: `@fontsource/${name}`, suffix: '400-normal' });

/** Latin, Greek, Cyrillic, Vietnamese, Devanagari. */
const base = variable('noto-sans');
const japanese = variable('noto-sans-jp');
const korean = variable('noto-sans-kr');
const chinese = [variable('noto-sans-sc'), variable('noto-sans-tc')];
const signs = [
  variable('noto-sans-symbols'),
  fixed('noto-sans-symbols-2'),
  fixed('noto-sans-math'),
  variable('noto-emoji'),
];

/** The font families of one script, identified by its characters. */
const scripts: readonly (readonly [RegExp, Family])[] = [
  [/\p{scx=Arabic}/u, variable('noto-sans-arabic')],
  [/\p{scx=Hebrew}/u, variable('noto-sans-hebrew')],
  [/\p{scx=Thai}/u, variable('noto-sans-thai')],
  [/\p{scx=Lao}/u, variable('noto-sans-lao')],
  [/\p{scx=Khmer}/u, variable('noto-sans-khmer')],
  [/\p{scx=Myanmar}/u, variable('noto-sans-myanmar')],
  [/\p{scx=Bengali}/u, variable('noto-sans-bengali')],
  [/\p{scx=Gurmukhi}/u, variable('noto-sans-gurmukhi')],
  [/\p{scx=Gujarati}/u, variable('noto-sans-gujarati')],
  [/\p{scx=Oriya}/u, variable('noto-sans-oriya')],
  [/\p{scx=Tamil}/u, variable('noto-sans-tamil')],
  [/\p{scx=Telugu}/u, variable('noto-sans-telugu')],
  [/\p{scx=Kannada}/u, variable('noto-sans-kannada')],
  [/\p{scx=Malayalam}/u, variable('noto-sans-malayalam')],
  [/\p{scx=Sinhala}/u, variable('noto-sans-sinhala')],
  [/\p{scx=Javanese}/u, variable('noto-sans-javanese')],
  [/\p{scx=Balinese}/u, variable('noto-sans-balinese')],
  [/\p{scx=Sundanese}/u, variable('noto-sans-sundanese')],
  [/\p{scx=Georgian}/u, variable('noto-sans-georgian')],
  [/\p{scx=Armenian}/u, variable('noto-sans-armenian')],
  [/\p{scx=Ethiopic}/u, variable('noto-sans-ethiopic')],
  [/\p{scx=Thaana}/u, variable('noto-sans-thaana')],
  [/\p{scx=Syriac}/u, variable('noto-sans-syriac')],
  [/\p{scx=Tibetan}/u, variable('noto-serif-tibetan')],
  [/\p{scx=Mongolian}/u, fixed('noto-sans-mongolian')],
  [/\p{scx=Nko}/u, fixed('noto-sans-nko')],
  [/\p{scx=Tifinagh}/u, fixed('noto-sans-tifinagh')],
  [/\p{scx=Cherokee}/u, variable('noto-sans-cherokee')],
  [/\p{scx=Canadian_Aboriginal}/u, variable('noto-sans-canadian-aboriginal')],
];

const eastAsian = /\p{scx=Han}|\p{scx=Hiragana}|\p{scx=Katakana}|\p{scx=Hangul}|\p{scx=Bopomofo}|[\uff00-\uffef]/u;

/** Han characters look a little different in each country. The other letters of the text tell which form is meant. */
function eastAsianFamilies(text: string): readonly Family[] {
  if (/\p{Script=Hangul}/u.test(text)) return [korean, japanese, ...chinese];
  if (/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(text)) return [japanese, ...chinese, korean];
  return [...chinese, japanese, korean];
}

/** Paths of the font files that may contain a character of a text, best first. */
export function fontFilesFor(character: string, text: string): string[] {
  const own = scripts.filter(([script]) => script.test(character)).map(([, family]) => family);
  const families = eastAsian.test(character)
    ? [...eastAsianFamilies(text), base, ...signs]
    : [...own, base, ...signs, ...eastAsianFamilies(text)];
  const point = character.codePointAt(0) ?? 0;
  return families.flatMap((family) =>
    filesOf(family)
      .filter(({ ranges }) => ranges.some(([first, last]) => first <= point && point <= last))
      .map(({ path }) => path),
  );
}

type File = { readonly path: string; readonly ranges: readonly (readonly [number, number])[] };

const known = new Map<string, readonly File[]>();

function filesOf(family: Family): readonly File[] {
  const files = known.get(family.package) ?? readFiles(family);
  known.set(family.package, files);
  return files;
}

/** `unicode.json` of a package: {"thai": "U+0E01-0E5B,U+200C", "[4]": ...}. */
function readFiles(family: Family): File[] {
  const name = family.package.split('/')[1] ?? '';
  const ranges: Record<string, string> = JSON.parse(
    readFileSync(require.resolve(`${family.package}/unicode.json`), 'utf8'),
  );
  return Object.entries(ranges).map(([part, text]) => ({
    path: require.resolve(`${family.package}/files/${name}-${part.replaceAll(/[[\]]/g, '')}-${family.suffix}.woff2`),
    ranges: text.split(',').map((range) => {
      const [first = '', last = first] = range.trim().slice(2).split('-');
      return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as const;
    }),
  }));
}
