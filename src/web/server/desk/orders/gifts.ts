import { html } from 'hono/html';
import { orderWords } from '../../../i18n/words/desk/orders/orders.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { eventParam, eventView, ownEvent } from '../events/own-event.ts';
import { localeField, numberField, selectField, textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';

/** Complimentary orders. */
export function giftPage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/gifts', showGifts, { give });
}

async function showGifts(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = orderWords[language];
  const event = await ownEvent(desk);
  const { data: categories } = await desk.api.get('/v1/organizers/:slug/events/:eventId/ticket-categories', {
    param: eventParam(desk),
  });
  const form = desk.form('give');
  const options = categories.map(({ id, name }) => ({ value: id, label: name }));
  return {
    title: words.give,
    ...eventView(event),
    eventSection: 'orders',
    body: html`<p class="lead">${words.giveLead}</p>${deskForm(desk, {
      form,
      body: [
        textField(form, language, { name: 'buyer.name', label: words.name, maxlength: 100, autocomplete: 'off' }),
        textField(form, language, {
          name: 'buyer.email',
          label: words.email,
          type: 'email',
          maxlength: 254,
          autocomplete: 'off',
        }),
        textField(form, language, {
          name: 'buyer.phone',
          label: words.phone,
          type: 'tel',
          maxlength: 40,
          autocomplete: 'off',
        }),
        selectField(form, language, { name: 'lines.0.ticketCategoryId', label: words.category, options }),
        numberField(form, language, { name: 'lines.0.quantity', label: words.quantity, value: 1 }),
        localeField(form, language, words.locale),
      ],
      submit: words.giveSubmit,
      cancelPath: `/desk/events/${event.id}/orders`,
    })}`,
  };
}

const give: Act = async (desk, values) => {
  const order = await desk.api.post('/v1/organizers/:slug/events/:eventId/complimentary-orders', {
    param: eventParam(desk),
    header: { 'idempotency-key': values.raw('key') },
    json: {
      buyer: { name: values.text('buyer.name'), email: values.text('buyer.email'), phone: values.text('buyer.phone') },
      lines: [
        { ticketCategoryId: values.text('lines.0.ticketCategoryId'), quantity: values.number('lines.0.quantity') },
      ],
      locale: values.text('locale') === 'en' ? 'en' : 'id',
    },
  });
  return done(`/desk/orders/${order.id}`, 'given');
};
