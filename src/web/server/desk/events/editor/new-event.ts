import { randomInt } from 'node:crypto';
import { html } from 'hono/html';
import { isProblem } from '../../../../../client/problem.ts';
import { eventFormWords } from '../../../../i18n/words/desk/events/event-form.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import { fieldGroup } from '../../parts/fields.ts';
import { deskForm } from '../../parts/form.ts';
import { currencyField, describedEvent, describingFields, placedEvent, slugField, suggested } from './event-form.ts';
import { currencies } from '../../../../../platform/text/money.ts';

/** A new event needs only a name, a place and a time. Everything else is added later, on its own page. */
export function newEventPage(addPage: AddPage): void {
  addPage('/desk/events/new', showForm, { save: createEvent });
}

function showForm(desk: Desk): Promise<View> {
  const words = eventFormWords[desk.language];
  const form = desk.form('save');
  const fields = [
    ...describingFields(desk, form),
    fieldGroup(words.forGood, [slugField(desk, form), currencyField(desk, form)]),
  ];
  return Promise.resolve({
    title: words.newTitle,
    section: 'events',
    body: html`<p class="lead">${words.newLead}</p>${deskForm(desk, { form, body: fields, submit: words.create, cancelPath: '/desk' })}`,
  });
}

const createEvent: Act = async (desk, values) => {
  const currency = currencies.find((known) => known === values.text('currency')) ?? suggested.currency;
  const create = (slug: string) =>
    desk.api.post('/v1/organizers/:slug/events', {
      param: { slug: desk.slug },
      json: { ...describedEvent(values), ...placedEvent(values), slug, country: suggested.country, currency },
    });
  const chosen = values.optional('slug');
  const made = slugOf(values.text('name'), values.text('startsAt'));
  const event = await create(chosen ?? made).catch((error: unknown) => {
    // A slug that the member typed is not changed without asking: the form reports it as taken.
    if (chosen !== undefined || !isProblem(error, 'event.slug_taken')) throw error;
    return create(`${made}-${randomInt(10_000, 99_999)}`);
  });
  return done(`/desk/events/${event.id}`, 'created');
};

const slugLengthMax = 60;

/** The default slug: name and year. */
function slugOf(name: string, startsAt: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, slugLengthMax)
    .replaceAll(/^-+|-+$/g, '');
  return `${plain === '' ? 'event' : plain}-${/^\d{4}/.exec(startsAt)?.[0] ?? 'new'}`;
}
