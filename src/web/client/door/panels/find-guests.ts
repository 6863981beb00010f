import { phoneEnd } from '../../../../platform/text/phone-end.ts';
import { doorCall } from '../session/door-session.ts';
import { searchGuests } from '../offline/door-store.ts';
import type { ListEntry } from '../offline/judge-offline.ts';

/** Searches for guests who have no code with them: at the service, else in this device's list. */

/** Short, because the guest is waiting. */
const askDeadlineMs = 3000;

type FoundGuest = Omit<ListEntry, 'guest'> & {
  readonly guest: Omit<NonNullable<ListEntry['guest']>, 'name' | 'phoneEnd'> & { readonly name: string | null };
};

export type FoundGuests = {
  readonly entries: readonly ListEntry[];
  /** More guests match than are shown. */
  readonly isCut: boolean;
  /** Searched only on this device, which knows less than the service. */
  readonly isFromHere: boolean;
};

export async function findGuests(eventId: string, q: string, max: number): Promise<FoundGuests> {
  const path = `/v1/events/${eventId}/guest-searches`;
  const answer = await doorCall<{ data: FoundGuest[]; isComplete: boolean }>('POST', path, { q }, askDeadlineMs);
  const isFromHere = answer.kind !== 'ok';
  // This device has only the last digits of a number, which match other guests, too. It may have names that the service cannot find yet.
  const isAskedHere = isFromHere || phoneEnd(q) === undefined;
  const here = isAskedHere ? await searchGuests(eventId, q, max + 1).catch(() => []) : [];
  const there = isFromHere ? [] : answer.body.data.map(entryOf);
  const entries = [...new Map([...here, ...there].map((entry) => [entry.codeSha256, entry])).values()];
  const isComplete = isFromHere || answer.body.isComplete;
  return { entries: entries.slice(0, max), isCut: !isComplete || entries.length > max, isFromHere };
}

function entryOf({ guest, ...entry }: FoundGuest): ListEntry {
  return { ...entry, guest: { ...guest, name: guest.name ?? '' } };
}
