import { html } from 'hono/html';
import { duplicateWords } from '../../../../i18n/words/desk/events/duplicate.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import { fieldGroup, textField, timeField } from '../../parts/fields.ts';
import { deskForm } from '../../parts/form.ts';
import { linkButton, notice } from '../../parts/pieces.ts';
import { copyParts } from './copy-parts.ts';
import type { EventOfDesk } from './event-form.ts';
import { eventView, ownEvent } from '../own-event.ts';

/** Duplicates an event. */
export function duplicatePage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/duplicate', showDuplicate, { save: duplicate });
}

async function showDuplicate(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = duplicateWords[language];
  const event = await ownEvent(desk);
  const form = desk.form('save');
  const body = fieldGroup(words.what, [
    textField(form, language, { name: 'name', label: words.name, value: event.name, maxlength: 200 }),
    textField(form, language, { name: 'slug', label: words.slug, maxlength: 80, autocomplete: 'off' }),
    timeField(form, language, { name: 'startsAt', label: words.startsAt, timeZone: event.timeZone }),
  ]);
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'overview',
    body: html`<p class="lead">${words.lead}</p><p class="muted">${words.notCopied}</p>${deskForm(desk, { form, body: [body], submit: words.submit, cancelPath: `/desk/events/${event.id}` })}`,
  };
}

/**
 * Copies an event and its setup as a draft. All times shift by as much as the start does. If a part cannot be copied, the draft keeps
 * the rest and the response names the part.
 */
const duplicate: Act = async (desk, values) => {
  const event = await ownEvent(desk);
  const startsAt = values.time('startsAt', event.timeZone);
  const moved = Date.parse(startsAt) - Date.parse(event.startsAt);
  const later = (time: string) => (Number.isNaN(moved) ? startsAt : new Date(Date.parse(time) + moved).toISOString());
  const copy = await desk.api.post('/v1/organizers/:slug/events', {
    param: { slug: desk.slug },
    json: { ...copiedFields(event, later), name: values.text('name'), slug: values.text('slug') },
  });
  const left = await copyParts(desk, copy.id, later);
  const path = `/desk/events/${copy.id}`;
  if (left.length === 0) return done(path, 'duplicated');
  const words = duplicateWords[desk.language];
  return {
    title: words.partlyTitle,
    section: 'events',
    body: html`${notice(words.partlyText, 'warn')}<ul>${left.map((part) => html`<li>${words.parts[part]}</li>`)}</ul><p class="page-actions">${linkButton(path, words.openDraft)}</p>`,
  };
};

function copiedFields(event: EventOfDesk, later: (time: string) => string) {
  return {
    pictureOf: event.id,
    summary: event.summary,
    description: event.description,
    nameEn: event.nameEn,
    summaryEn: event.summaryEn,
    descriptionEn: event.descriptionEn,
    category: event.category,
    city: event.city,
    venue: event.venue,
    address: event.address,
    country: event.country,
    timeZone: event.timeZone,
    currency: event.currency,
    holdSeconds: event.holdSeconds,
    ticketsPerOrderMax: event.ticketsPerOrderMax,
    ticketsPerBuyerMax: event.ticketsPerBuyerMax,
    feePerTicket: event.feePerTicket,
    refundableUntilHours: event.refundableUntilHours,
    transfersAllowed: event.transfersAllowed,
    hasWaitingList: event.hasWaitingList,
    detailsUntilHours: event.detailsUntilHours,
    startsAt: later(event.startsAt),
    endsAt: later(event.endsAt),
    doorsOpenAt: later(event.doorsOpenAt),
  };
}
