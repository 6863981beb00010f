/** The languages of the pages. */
export const languages = ['id', 'en'] as const;
export type Language = (typeof languages)[number];

/** The texts of a page, in each language. */
export type InEach<Words> = Readonly<Record<Language, Words>>;

/** How the language was chosen. A requested language stays in the page's links. */
export type ChosenLanguage = { readonly language: Language; readonly isAsked: boolean };

/** The language that a page offers instead of its own. */
export const otherThan = (language: Language): Language => (language === 'id' ? 'en' : 'id');

const headerLengthMax = 200;

/** `?lang` decides, then the browser's preferences, then Indonesian. */
export function chooseLanguage(asked: string | undefined, acceptLanguage: string | undefined): ChosenLanguage {
  const named = languages.find((language) => language === asked);
  if (named !== undefined) return { language: named, isAsked: true };
  const preferred = (acceptLanguage ?? '')
    .slice(0, headerLengthMax)
    .split(',')
    .map(readPreference)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ name }) => languages.find((language) => name === language || name.startsWith(`${language}-`)))
    .find((language) => language !== undefined);
  return { language: preferred ?? 'id', isAsked: false };
}

function readPreference(part: string): { name: string; quality: number } {
  const [name = '', ...parameters] = part.trim().toLowerCase().split(';');
  const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find((value) => value !== undefined);
  return { name, quality: quality === undefined ? 1 : Number(quality) };
}

/** One of our paths in the language of the page that links to it. */
export function linkTo(path: string, { language, isAsked }: ChosenLanguage): string {
  return isAsked ? `${path}${path.includes('?') ? '&' : '?'}lang=${language}` : path;
}

/** A number with an English noun in the form that the number needs: `1 ticket`, `1,200 tickets`. */
export function countedEn(count: number | string, noun: string): string {
  return `${count} ${noun}${String(count) === '1' ? '' : 's'}`;
}
