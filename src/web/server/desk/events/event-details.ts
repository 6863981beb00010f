import { html } from 'hono/html';
import { eventFormWords } from '../../../i18n/words/desk/events/event-form.ts';
import { movingWords } from '../../../i18n/words/desk/events/moving.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { hiddenField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { linkButton } from '../parts/pieces.ts';
import { describedEvent, describingFields, placedEvent, sellingFields } from './event-form.ts';
import { eventParam, eventView, ownEvent } from './own-event.ts';

/** The fields of an event, except those that cannot be changed. */
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
    body: html`${event.status === 'published' ? html`<p>${words.moveElsewhere} ${linkButton(`/desk/events/${event.id}/move`, movingWords[desk.language].moveTitle, true)}</p>` : ''}
${deskForm(desk, { form, body, submit: words.save, cancelPath: `/desk/events/${event.id}` })}`,
  };
}

/** The version that the member saw goes along, so that nobody overwrites what somebody else has changed since. */
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
  return done(`/desk/events/${desk.param('eventId')}`, 'saved');
};
