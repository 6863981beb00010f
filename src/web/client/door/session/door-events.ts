import { formatDate } from '../../../../platform/text/format-time.ts';
import { inLanguage } from '../../../../platform/text/in-language.ts';
import { element } from '../../shared/dom.ts';
import { pageLanguage } from '../../shared/page-language.ts';
import { type DoorActor, type DoorEvent, doorCall } from './door-session.ts';
import { readList } from '../offline/door-store.ts';

export type Gate = { readonly id: string; readonly name: string };

type Page = {
  data: {
    id: string;
    name: string;
    nameEn: string | null;
    startsAt: string;
    timeZone: string;
    endsAt: string;
    status: string;
  }[];
  nextCursor: string | null;
};

const pagesMax = 10;
const pageSize = 200;

/**
 * The events that this person may scan for, ordered by start; undefined if they cannot be read now. Door staff may not read the
 * organizer's API, so the events come from the public list of the organizer's.
 */
export async function doorEvents(actor: DoorActor): Promise<DoorEvent[] | undefined> {
  const found: DoorEvent[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const organizer = encodeURIComponent(actor.organizer.slug);
    const answer = await doorCall<Page>('GET', `/v1/events?organizer=${organizer}&limit=${pageSize}${query}`);
    if (answer.kind !== 'ok') return undefined;
    for (const event of answer.body.data) {
      const isOpen =
        actor.eventId === undefined ? (actor.eventIds?.includes(event.id) ?? true) : actor.eventId === event.id;
      if (event.status === 'published' && isOpen)
        found.push({ ...event, name: inLanguage(pageLanguage, event.name, event.nameEn) });
    }
    cursor = answer.body.nextCursor;
    if (cursor === null) break;
  }
  return found.length === 0 && actor.eventId !== undefined ? [await deviceEvent(actor.eventId)] : found;
}

/** The event of a device, which the public list may not show. */
async function deviceEvent(id: string): Promise<DoorEvent> {
  const answer = await doorCall<{ event: DoorEvent }>('GET', `/v1/events/${id}/door-list?limit=1`);
  return answer.kind === 'ok' ? answer.body.event : { id, name: id };
}

/** The gates of an event from the door list, or from this device's copy without a network. */
export async function doorGates(eventId: string): Promise<readonly Gate[]> {
  const answer = await doorCall<{ gates: Gate[] }>('GET', `/v1/events/${eventId}/door-list?limit=1`);
  return answer.kind === 'ok' ? answer.body.gates : ((await readList(eventId).catch(() => undefined))?.gates ?? []);
}

/** The option of an event, with its date. */
export function eventOption({ id, name, startsAt, timeZone }: DoorEvent): HTMLOptionElement {
  const day =
    startsAt === undefined || timeZone === undefined
      ? ''
      : ` · ${formatDate(startsAt, timeZone, pageLanguage, 'medium')}`;
  const option = element('option', { text: `${name}${day}` });
  option.value = id;
  return option;
}

/** A gate in the list to choose from. */
export function gateOption({ id, name }: Gate): HTMLOptionElement {
  const option = element('option', { text: name });
  option.value = id;
  return option;
}
