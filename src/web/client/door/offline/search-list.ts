import { beginsNear, isForgiven, nearness } from '../../../../platform/text/one-mistake.ts';
import { phoneEnd } from '../../../../platform/text/phone-end.ts';
import { database, rangeOf } from './door-database.ts';
import type { ListEntry } from './judge-offline.ts';

/**
 * Guests that are read and looked at in one turn. On a cheap phone this takes some milliseconds, so that a key is answered while a list of
 * an arena is searched.
 */
const lookedAtOnce = 250;
const wholeCode = 10;

export type Search = {
  readonly text: string;
  readonly max: number;
  /** False as soon as somebody searches for something else. */
  readonly isWanted: () => boolean;
};

/** The guests on this device's list whose name or order code contains the text, or whose phone ends with its last four digits. */
export function findExact(eventId: string, search: Search): Promise<ListEntry[]> {
  const wanted = fold(search.text);
  const phone = phoneEnd(search.text);
  return pick(
    eventId,
    search,
    ({ name, orderCode, phoneEnd: end }) =>
      (phone !== undefined && end === phone) || fold(name).includes(wanted) || fold(orderCode).includes(wanted),
  );
}

/** The guests on this device's list whose name or whole order code differs from the text by one typing mistake. */
export function findSimilar(eventId: string, search: Search): Promise<ListEntry[]> {
  const wanted = fold(search.text);
  const words = wordsOf(search.text);
  return pick(eventId, search, ({ name, orderCode }) => isNameNear(name, words) || isCodeNear(fold(orderCode), wanted));
}

async function pick(
  eventId: string,
  { max, isWanted }: Search,
  isMeant: (guest: Guest) => boolean,
): Promise<ListEntry[]> {
  const found: ListEntry[] = [];
  const db = await database();
  for (let from: string | undefined = ''; from !== undefined && found.length < max && isWanted(); ) {
    const entries: readonly ListEntry[] = await db.getAll('entries', rangeOf(eventId, from), lookedAtOnce);
    for (const entry of entries) {
      const { guest, status } = entry;
      if (guest !== null && status !== 'replaced' && isMeant(guest)) found.push(entry);
    }
    const last: ListEntry | undefined = entries.length < lookedAtOnce ? undefined : entries[entries.length - 1];
    // The least text after the last key.
    from = last === undefined ? undefined : `${last.codeSha256}\0`;
  }
  return found.slice(0, max);
}

type Guest = NonNullable<ListEntry['guest']>;

/** Each word begins one of the name, and at least one of them with a mistake. */
function isNameNear(name: string, words: readonly string[]): boolean {
  if (!words.some(isForgiven)) return false;
  const parts = wordsOf(name);
  return words.every((word) => parts.some((part) => beginsNear(part, word)));
}

function isCodeNear(code: string, typed: string): boolean {
  return Math.abs(typed.length - wholeCode) <= 1 && nearness(code, typed) === 'whole';
}

const wordsOf = (text: string): string[] => text.split(/\s+/).map(fold).filter(Boolean);

/** Removes case, accents, hyphens and blanks. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Pd}\s]/gu, '')
    .toLowerCase();
}
