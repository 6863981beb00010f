import { html } from 'hono/html';
import { orderWords } from '../../../i18n/words/desk/orders/orders.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { selectField, textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { orderParam, orderPath, ownOrder, ticketsOf } from './order-page.ts';

/** The names on the tickets of an order. */
export function orderNamesPage(addPage: AddPage): void {
  addPage('/desk/orders/:orderId/names', showNames, { name });
}

async function showNames(desk: Desk): Promise<View> {
  const { order, view } = await ownOrder(desk);
  const { language } = desk;
  const words = orderWords[language];
  const form = desk.form('name');
  const tickets = await ticketsOf(desk, order);
  const options = tickets.map(({ ticketId, ticketCategory, name: buyer, holderName }, index) => ({
    value: ticketId,
    label: `${index + 1}. ${ticketCategory}: ${holderName ?? buyer}`,
  }));
  return {
    title: `${words.names} ${order.code}`,
    ...view,
    body: html`<p class="lead">${words.namesLead}</p>${
      options.length === 0
        ? html`<p class="nothing">${words.noAttendees}</p>`
        : deskForm(desk, {
            form,
            body: html`${selectField(form, language, { name: 'ticketId', label: words.whichTicket, options })}
${textField(form, language, { name: 'holderName', label: words.newName, maxlength: 100, autocomplete: 'off' })}`,
            submit: words.rename,
            cancelPath: orderPath(desk),
          })
    }`,
  };
}

const name: Act = async (desk, values) => {
  await desk.api.patch('/v1/organizers/:slug/orders/:orderId/tickets/:ticketId', {
    param: { ...orderParam(desk), ticketId: values.text('ticketId') },
    json: { holderName: values.text('holderName') },
  });
  return done(orderPath(desk, '/names'), 'renamed');
};
