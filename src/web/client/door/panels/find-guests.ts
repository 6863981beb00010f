import { phoneEnd } from '../../../../platform/text/phone-end.ts';
import { doorCall } from '../session/door-session.ts';
import type { ListEntry } from '../offline/judge-offline.ts';
import { searchList } from '../offline/search-list.ts';

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

export async function findGuests(eventId: string, q: string, max: number): Promise<FoundGuests> {
  const path = `/v1/events/${eventId}/guest-searches`;
  const answer = await doorCall<Answer>('POST', path, { q }, askDeadlineMs);
  const isFromHere = answer.kind !== 'ok';
  // This device has only the last digits of a number, which match other guests, too. It may have names that the service cannot find yet.
  const isAskedHere = isFromHere || phoneEnd(q) === undefined;
  const nobody = { exact: [], similar: [] };
  const here = isAskedHere ? await searchList(eventId, q, max + 1).catch(() => nobody) : nobody;
  const there = isFromHere ? [] : answer.body.data.map(entryOf);
  const isExactThere = !isFromHere && answer.body.match === 'exact';
  const isSimilar = here.exact.length === 0 && !isExactThere;
  const meant = isSimilar ? [...here.similar, ...there] : [...here.exact, ...(isExactThere ? there : [])];
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
