import { find } from 'linkifyjs';
import { cleanLine } from './one-line-text.ts';

/**
 * A name that may follow "Hello" in a message that strangers can cause. It holds nothing that a mail program or
 * WhatsApp turns into a link, dials or formats.
 */

/** Most names, on the path of every order: none of the checks below can apply to them. */
const plainName = /^[A-Za-z][A-Za-z' -]*$/;
/** Signs of markup, of templates and of formulas. Names have dots, hyphens, apostrophes, commas, brackets, slashes and @. */
const markup = /[<>{}[\]\\|`*~^=]/;
/** A text with more digits may be a phone number. */
const digitsMax = 7;
/** Before a name with a dot and no blank: "Muh.Rio" is a man, though .rio is a domain. */
const titles = new Set(
  'abd ak apt dr dra drg drh drs hj ir kh kol letkol mhd mld moch moh mohd muh mr mrs ms nn ny prof rr sdr sdri sr st tb tn'.split(
    ' ',
  ),
);

/** Whether a cleaned line is a person's name: it has a letter, and no link, markup or phone number. */
export function isPersonName(name: string): boolean {
  if (plainName.test(name)) return true;
  if (!/\p{L}/u.test(name) || markup.test(name)) return false;
  const text = comparable(name);
  if (markup.test(text) || text.replaceAll(/[^\p{Nd}]/gu, '').length > digitsMax) return false;
  return linksOf(text).every(isAbbreviated);
}

/**
 * The name as a message prints it. Undefined if the stored text is no name; the message then greets nobody. "S.Ag"
 * becomes "S. Ag", because .ag is a domain.
 */
export function greetingName(name: string): string | undefined {
  const line = cleanLine(name);
  if (!isPersonName(line)) return undefined;
  let shown = line;
  for (const link of linksOf(line)) shown = shown.replaceAll(link, link.replaceAll('.', '. '));
  return shown;
}

/**
 * Widths, dots and slashes that browsers treat as the plain ones are replaced. Joiners, which split words invisibly,
 * are removed.
 */
function comparable(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\u200c\u200d\p{VS}]/gu, '')
    .replaceAll(/[。｡]/g, '.')
    .replaceAll(/[⁄∕]/g, '/');
}

/** Texts that mail programs turn into links, by the list of all top-level domains. */
function linksOf(text: string): string[] {
  if (!/[.:]/.test(text)) return [];
  const links = find(text).map(({ value }) => value);
  return links.length === 0 && /:\/\/|\bwww\.|\bxn--/i.test(text) ? [text] : links;
}

/** An abbreviated title or degree, such as "Muh.Rio", "M.Si" or "A.Md": single letters and titles before the last part. */
function isAbbreviated(link: string): boolean {
  const parts = link.toLowerCase().split('.');
  return (
    parts.every((part) => /^\p{L}+$/u.test(part)) &&
    parts.slice(0, -1).every((part) => part.length === 1 || titles.has(part))
  );
}
