import { html } from 'hono/html';
import { duplicateWords } from '../../../i18n/words/desk/events/duplicate.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { fieldGroup, textField, timeField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { ticketsOf } from '../tickets/tickets.ts';
import type { EventOfDesk } from './event-form.ts';
import { eventParam, eventView, ownEvent } from './own-event.ts';

/** Making the next event out of one that went well. */
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
    body: html`<p class="lead">${words.lead}</p>${deskForm(desk, { form, body: [body], submit: words.submit, cancelPath: `/desk/events/${event.id}` })}`,
  };
}

/**
 * Copies an event as a draft, with its schedule, places and ticket categories. All times move by as much as the start does. If a part
 * cannot be copied, the draft stays with what it has, and nothing is public.
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
  await copyParts(desk, copy.id, later);
  return done(`/desk/events/${copy.id}`, 'duplicated');
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

async function copyParts(desk: Desk, eventId: string, later: (time: string) => string): Promise<void> {
  const param = { slug: desk.slug, eventId };
  const { pools, categories } = await ticketsOf(desk);
  const schedule = await desk.api.get('/v1/organizers/:slug/events/:eventId/schedule', { param: eventParam(desk) });
  const laterOrNull = (time: string | null) => (time === null ? null : later(time));
  const copies = new Map<string, string>();
  for (const { id, name, capacity, blocked } of pools) {
    const json = { name, capacity, blocked };
    const made = await desk.api.post('/v1/organizers/:slug/events/:eventId/pools', { param, json });
    copies.set(id, made.id);
  }
  for (const category of categories) {
    await desk.api.post('/v1/organizers/:slug/events/:eventId/ticket-categories', {
      param,
      json: {
        poolId: copies.get(category.poolId) ?? '',
        name: category.name,
        description: category.description,
        nameEn: category.nameEn,
        descriptionEn: category.descriptionEn,
        price: category.price,
        saleOpensAt: later(category.saleOpensAt),
        saleClosesAt: later(category.saleClosesAt),
        perOrderMin: category.perOrderMin,
        perOrderMax: category.perOrderMax,
        perBuyerMax: category.perBuyerMax,
        entryOpensAt: laterOrNull(category.entryOpensAt),
        entryClosesAt: laterOrNull(category.entryClosesAt),
        position: category.position,
        status: category.status,
        hasHolderNames: category.hasHolderNames,
      },
    });
  }
  const questions = await desk.api.get('/v1/organizers/:slug/events/:eventId/questions', { param: eventParam(desk) });
  for (const { text, textEn, kind, scope, choices, isRequired, position } of questions.data) {
    const json = { text, textEn, kind, scope, choices, isRequired, position };
    await desk.api.post('/v1/organizers/:slug/events/:eventId/questions', { param, json });
  }
  for (const { id: _, startsAt, endsAt, ...texts } of schedule.data) {
    await desk.api.post('/v1/organizers/:slug/events/:eventId/schedule', {
      param,
      json: { ...texts, startsAt: later(startsAt), endsAt: later(endsAt) },
    });
  }
}
