import { beginsNear, isForgiven, nearness } from '../../../../platform/text/one-mistake.ts';
import { phoneEnd } from '../../../../platform/text/phone-end.ts';
import { database, rangeOf } from './door-database.ts';
import type { ListEntry } from './judge-offline.ts';

/** Read at once: fewer waits than a cursor's one for each guest, and less memory than the whole list of an arena. */
const batch = 2000;
const wholeCode = 10;

export type FoundHere = {
  /** Whose name or order code contains the text, or whose phone ends with its last four digits. */
  readonly exact: readonly ListEntry[];
  /** Whose name or whole order code differs from the text by one typing mistake. */
  readonly similar: readonly ListEntry[];
};

/** Searches the list of this device for guests. */
export async function searchList(eventId: string, text: string, max: number): Promise<FoundHere> {
  const wanted = fold(text);
  const words = wordsOf(text);
  const phone = phoneEnd(text);
  const exact: ListEntry[] = [];
  const similar: ListEntry[] = [];
  const isExact = ({ name, orderCode, phoneEnd: end }: Guest) =>
    (phone !== undefined && end === phone) || fold(name).includes(wanted) || fold(orderCode).includes(wanted);
  const isSimilar = ({ name, orderCode }: Guest) => isNameNear(name, words) || isCodeNear(fold(orderCode), wanted);
  const db = await database();
  let from: string | undefined = '';
  while (from !== undefined && exact.length < max) {
    const entries: readonly ListEntry[] = await db.getAll('entries', rangeOf(eventId, from), batch);
    for (const entry of entries) {
      const { guest, status } = entry;
      if (guest === null || status === 'replaced') continue;
      if (isExact(guest)) exact.push(entry);
      else if (similar.length < max && isSimilar(guest)) similar.push(entry);
    }
    const last = entries.length < batch ? undefined : entries[entries.length - 1];
    // The least text after the last key.
    from = last === undefined ? undefined : `${last.codeSha256}\0`;
  }
  return { exact: exact.slice(0, max), similar };
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
