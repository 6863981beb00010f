import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type ReportMailData, reportMail } from '../../src/notifications/templates/report-mail.ts';
import { languages } from '../../src/web/i18n/language.ts';
import { toolWords } from '../../src/web/i18n/words/desk/tools.ts';

/**
 * Guards that a text with a number is right for one, too: in English a noun has another form then. Also guards that mails, which cannot
 * import the words of pages, use them.
 */

/** After a number these are no nouns. */
const verbs = /\b1 (?:is|was|has|does|this|as)\b/g;
const several = /(?<![\d.,/+])\b1 [a-z]{2,}s\b/;

/** Every text that a function of the words makes of ones, with the path to it. */
function textsOf(words: unknown, path: string): [string, string][] {
  if (typeof words === 'function') return tried(words as (...given: unknown[]) => unknown, path);
  if (typeof words !== 'object' || words === null) return [];
  return Object.entries(words).flatMap(([name, value]) => textsOf(value, `${path}.${name}`));
}

function tried(make: (...given: unknown[]) => unknown, path: string): [string, string][] {
  try {
    const text: unknown = make(1, 1, 1);
    return typeof text === 'string' ? [[path, text]] : textsOf(text, path);
  } catch {
    // It takes something other than numbers.
    return [];
  }
}

test('no English text says "1 tickets"', async () => {
  const files = globSync('src/web/i18n/words/**/*.ts').sort();
  const texts: [string, string][] = [];
  for (const file of files) {
    const words = Object.entries((await import(resolve(file))) as Record<string, unknown>);
    texts.push(
      ...words.flatMap(([name, value]) =>
        typeof value === 'object' && value !== null && 'en' in value ? textsOf(value.en, `${file} ${name}`) : [],
      ),
    );
  }
  expect(texts.length).toBeGreaterThan(60);
  expect(texts.filter(([, text]) => several.test(text.replaceAll(verbs, '')))).toEqual([]);
});

test('a mail about a report names its kind as the desk does', () => {
  const report = { status: 'failed', isTooLarge: false, link: 'https://tickets.example/desk/reports' } as const;
  const about = { name: undefined, organizerName: 'Senja Live', eventName: undefined, report };
  for (const locale of languages) {
    const kinds = Object.entries(toolWords[locale].kinds) as [ReportMailData['kind'], string][];
    const subjects = kinds.map(([kind]) => reportMail({ ...about, locale, kind }).subject);
    expect(subjects).toEqual(kinds.map(([, word]) => expect.stringContaining(word)));
  }
});
