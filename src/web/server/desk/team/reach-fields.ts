import { html } from 'hono/html';
import { teamWords } from '../../../i18n/words/desk/team.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { Desk } from '../desk.ts';
import { type Form, showChoice } from '../forms.ts';
import { hiddenField } from '../parts/fields.ts';

/** The role of a member and its events, as the pages of the team show and change them. */

type Words = (typeof teamWords)['id'];

export type EventName = Pick<Data<'/v1/organizers/:slug/events'>['data'][number], 'id' | 'name'>;

/** The form offers this many events. Limits to other events are set through the API. */
const eventsShownMax = 100;

export async function eventsOfDesk({ api, slug }: Desk): Promise<readonly EventName[]> {
  return (await api.get('/v1/organizers/:slug/events', { param: { slug }, query: { limit: eventsShownMax } })).data;
}

export function eventsText(eventIds: readonly string[] | null, events: readonly EventName[], words: Words): string {
  if (eventIds === null) return words.allEvents;
  return eventIds.map((eventId) => events.find(({ id }) => id === eventId)?.name ?? eventId).join(', ');
}

export type Reach = Pick<Data<'/v1/organizers/:slug/staff'>['data'][number], 'role' | 'eventIds' | 'managerEventIds'>;

export function roleText({ role, managerEventIds }: Reach, events: readonly EventName[], words: Words): string {
  if (managerEventIds === null) return words.roles[role];
  return `${words.roles[role]}. ${words.managerOf}: ${eventsText(managerEventIds, events, words)}`;
}

/** The events that the member is limited to, and, for an owner to choose, those that the member manages. */
export function reachFields(desk: Desk, form: Form, events: readonly EventName[], member?: Reach): readonly Html[] {
  const words = teamWords[desk.language];
  const limits = { name: 'eventIds', legend: words.onlyEvents, hint: words.onlyEventsHint, now: member?.eventIds };
  const managed = {
    name: 'managerEventIds',
    legend: words.managerOf,
    hint: words.managerOfHint,
    now: member?.managerEventIds,
  };
  return [limits, ...(desk.member.role === 'owner' ? [managed] : [])].map((boxes) => eventBoxes(form, events, boxes));
}

type Boxes = {
  readonly name: string;
  readonly legend: string;
  readonly hint: string;
  readonly now: readonly string[] | null | undefined;
};

function eventBoxes(form: Form, events: readonly EventName[], { name, legend, hint, now }: Boxes): Html {
  if (events.length === 0) return html``;
  const limited = now ?? [];
  const chosen = form.values?.all(name) ?? limited;
  showChoice(form, name, { options: events.map(({ id }) => id), chosen: limited });
  // Events that the form does not offer are kept.
  const kept = limited.filter((eventId) => !events.some(({ id }) => id === eventId));
  const boxes = events.map(
    (event) =>
      html`<label class="agree"><input type="checkbox" name="${name}" value="${event.id}"${chosen.includes(event.id) ? html` checked` : ''}><span>${event.name}</span></label>`,
  );
  return html`<fieldset class="field"><legend>${legend}</legend>${kept.map((id) => hiddenField(name, id))}${boxes}<p class="hint">${hint}</p></fieldset>`;
}

/** The API has null for all events, and for none to manage. */
export const orNull = (eventIds: readonly string[]): string[] | null => (eventIds.length === 0 ? null : [...eventIds]);
