import { html } from 'hono/html';
import { eventFormWords } from '../../../../i18n/words/desk/events/event-form.ts';
import { paymentMethodWords } from '../../../../i18n/words/order/payment-methods.ts';
import { movingWords } from '../../../../i18n/words/desk/events/moving.ts';
import type { Html } from '../../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import type { Form } from '../../forms.ts';
import { areaField, checkField, fieldGroup, hiddenField, moneyField, numberField } from '../../parts/fields.ts';
import { deskForm } from '../../parts/form.ts';
import { type EventOfDesk, describedEvent, describingFields, placedEvent } from './event-form.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../own-event.ts';

/** The editable fields of an event. */
export function eventDetailsPages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/details', showDetails, { save: changeEvent });
}

async function showDetails(desk: Desk): Promise<View> {
  const event = await ownEvent(desk);
  const words = eventFormWords[desk.language];
  const form = desk.form('save');
  const body = [
    hiddenField('version', form.values?.raw('version') ?? event.version),
    ...describingFields(desk, form, event),
    ...sellingFields(desk, form, event),
  ];
  return {
    title: words.detailsTitle,
    ...eventView(event),
    eventSection: 'details',
    body: html`${event.status === 'published' ? html`<p>${words.moveElsewhere} <a href="/desk/events/${event.id}/move">${movingWords[desk.language].moveTitle}</a></p>` : ''}
${deskForm(desk, { form, body, submit: words.save, cancelPath: `/desk/events/${event.id}` })}`,
  };
}

/** How tickets of the event are sold. */
function sellingFields(desk: Desk, form: Form, event: EventOfDesk): readonly Html[] {
  const { language } = desk;
  const words = eventFormWords[language];
  return [
    fieldGroup(words.description, [
      areaField(form, language, {
        name: 'description',
        label: words.description,
        hint: words.descriptionHint,
        value: event.description,
        maxlength: 20_000,
        rows: 10,
        isOptional: true,
      }),
      areaField(form, language, {
        name: 'descriptionEn',
        label: words.descriptionEn,
        hint: words.englishHint,
        value: event.descriptionEn ?? '',
        maxlength: 20_000,
        rows: 10,
        isOptional: true,
      }),
    ]),
    fieldGroup(words.selling, [
      numberField(form, language, {
        name: 'holdMinutes',
        label: words.holdMinutes,
        hint: [words.holdHint, ...waysLeftOut(desk, Math.round(event.holdSeconds / 60))].join(' '),
        value: Math.round(event.holdSeconds / 60),
      }),
      numberField(form, language, {
        name: 'ticketsPerOrderMax',
        label: words.perOrder,
        value: event.ticketsPerOrderMax,
      }),
      numberField(form, language, {
        name: 'ticketsPerBuyerMax',
        label: words.perBuyer,
        value: event.ticketsPerBuyerMax,
        isOptional: true,
      }),
      moneyField(form, language, {
        name: 'feePerTicket',
        label: words.fee,
        hint: words.feeHint,
        value: event.feePerTicket,
        currency: event.currency,
      }),
      numberField(form, language, {
        name: 'refundableUntilHours',
        label: words.refundable,
        hint: words.refundableHint,
        value: event.refundableUntilHours,
        isOptional: true,
      }),
      ...holderFields(form, event, words),
      numberField(form, language, {
        name: 'detailsUntilHours',
        label: words.detailsUntil,
        hint: words.detailsUntilHint,
        value: event.detailsUntilHours,
      }),
    ]),
  ];
}

/** A gateway offers within a day whatever it offers at all. */
const longMinutes = 24 * 60;

/** Sentences that name the ways of paying for which this time is too short. */
function waysLeftOut({ gateway, language }: Desk, minutes: number): string[] {
  const words = eventFormWords[language];
  const names: Readonly<Record<string, string>> = {
    ...paymentMethodWords[language].methods,
    bank_transfer: words.bankTransfer,
  };
  const amount = 1;
  const offered = gateway.methodsFor({ minutes, amount }, 'any');
  const missing = gateway.methodsFor({ minutes: longMinutes, amount }, 'any').filter((way) => !offered.includes(way));
  const isChosenLater = (way: string) => gateway.methodsFor({ minutes, amount }, way).length > 0;
  const [later, never] = [missing.filter(isChosenLater), missing.filter((way) => !isChosenLater(way))];
  const named = (ways: readonly string[]) => ways.map((way) => names[way] ?? way).join(', ');
  return [
    ...(later.length === 0 ? [] : [words.holdLater(minutes, named(later))]),
    ...(never.length === 0 ? [] : [words.holdNever(minutes, named(never))]),
  ];
}

/** Transfers and the waiting list. */
function holderFields(form: Form, event: EventOfDesk, words: (typeof eventFormWords)['id']): readonly Html[] {
  return [
    checkField(form, {
      name: 'transfersAllowed',
      label: words.transfers,
      hint: words.transfersHint,
      isChecked: event.transfersAllowed,
    }),
    checkField(form, {
      name: 'hasWaitingList',
      label: words.waitingList,
      hint: words.waitingListHint,
      isChecked: event.hasWaitingList,
    }),
  ];
}

/** Sends the version that the member saw, so that the API refuses to overwrite somebody else's change. */
const changeEvent: Act = async (desk, values) => {
  const { currency } = await ownEvent(desk);
  await desk.api.patch('/v1/organizers/:slug/events/:eventId', {
    param: eventParam(desk),
    json: {
      ...describedEvent(values),
      ...(values.has('startsAt') ? placedEvent(values) : {}),
      version: values.number('version'),
      description: values.raw('description'),
      descriptionEn: values.optional('descriptionEn') === undefined ? null : values.raw('descriptionEn'),
      holdSeconds: values.number('holdMinutes') * 60,
      ticketsPerOrderMax: values.number('ticketsPerOrderMax'),
      ticketsPerBuyerMax: values.numberOrNull('ticketsPerBuyerMax'),
      feePerTicket: values.money('feePerTicket', currency),
      refundableUntilHours: values.numberOrNull('refundableUntilHours'),
      transfersAllowed: values.has('transfersAllowed'),
      hasWaitingList: values.has('hasWaitingList'),
      detailsUntilHours: values.number('detailsUntilHours'),
    },
  });
  return done(eventPath(desk), 'saved');
};
