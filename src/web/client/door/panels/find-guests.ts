import { phoneEnd } from '../../../../platform/text/phone-end.ts';
import { doorCall } from '../session/door-session.ts';
import type { ListEntry } from '../offline/judge-offline.ts';
import { type Search, findExact, findSimilar } from '../offline/search-list.ts';

/** Searches for guests who have no code with them: at the service, else in this device's list. */

/** Short, because the guest is waiting. */
const askDeadlineMs = 3000;

type FoundGuest = Omit<ListEntry, 'guest'> & {
  readonly guest: Omit<NonNullable<ListEntry['guest']>, 'name' | 'phoneEnd'> & { readonly name: string | null };
};

type Answer = {
  readonly data: readonly FoundGuest[];
  readonly match: 'exact' | 'similar';
  readonly isComplete: boolean;
};

export type FoundGuests = {
  readonly entries: readonly ListEntry[];
  /** Nobody matches. These differ by one typing mistake. */
  readonly isSimilar: boolean;
  /** More guests match than are shown. */
  readonly isCut: boolean;
  /** Searched only on this device, which knows less than the service. */
  readonly isFromHere: boolean;
};

export async function findGuests(eventId: string, search: Search): Promise<FoundGuests> {
  const { text: q, max } = search;
  const path = `/v1/events/${eventId}/guest-searches`;
  // This device has only the last digits of a number, which match other guests, too. It may have names that the service cannot find yet.
  const isAlsoHere = phoneEnd(q) === undefined;
  const look = (find: typeof findExact) => find(eventId, { ...search, max: max + 1 }).catch(() => []);
  const [answer, seen] = await Promise.all([
    doorCall<Answer>('POST', path, { q }, askDeadlineMs),
    isAlsoHere ? look(findExact) : undefined,
  ]);
  const isFromHere = answer.kind !== 'ok';
  const exact = seen ?? (isFromHere ? await look(findExact) : []);
  const there = isFromHere ? [] : answer.body.data.map(entryOf);
  const isExactThere = !isFromHere && answer.body.match === 'exact';
  const isSimilar = exact.length === 0 && !isExactThere;
  const similar = isSimilar && (isFromHere || isAlsoHere) ? await look(findSimilar) : [];
  const meant = isSimilar ? [...similar, ...there] : [...exact, ...(isExactThere ? there : [])];
  const entries = [...new Map(meant.map((entry) => [entry.codeSha256, entry])).values()];
  const isComplete = isFromHere || answer.body.isComplete;
  return {
    entries: entries.slice(0, max),
    isSimilar: isSimilar && entries.length > 0,
    isCut: !isComplete || entries.length > max,
    isFromHere,
  };
}

function entryOf({ guest, ...entry }: FoundGuest): ListEntry {
  return { ...entry, guest: { ...guest, name: guest.name ?? '' } };
}
