import { html } from 'hono/html';
import { formatMoney } from '../../../../platform/text/format-money.ts';
import { orderWords } from '../../../i18n/words/desk/orders/orders.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { hiddenField, moneyField, textField } from '../parts/fields.ts';
import { confirmStep, deskForm } from '../parts/form.ts';
import { facts } from '../parts/pieces.ts';
import { orderParam, orderPath, ownOrder, ticketsOf } from './order-page.ts';

/** Refunds in three steps: choose, preview what the buyer gets back, confirm. */
export function orderRefundPages(addPage: AddPage): void {
  addPage('/desk/orders/:orderId/refund', showChoice, { preview });
  addPage('/desk/orders/:orderId/refund/preview', showPreview, { refund });
}

async function showChoice(desk: Desk): Promise<View> {
  const { order, view } = await ownOrder(desk);
  const { language } = desk;
  const words = orderWords[language];
  const form = desk.form('preview');
  const tickets = await ticketsOf(desk, order);
  const boxes = tickets.map(
    ({ ticketId, ticketCategory, presence }, index) =>
      html`<p class="check"><input type="checkbox" id="ticket-${index}" name="ticketIds" value="${ticketId}"><label for="ticket-${index}">${index + 1}. ${ticketCategory} <span class="muted">${words.presences[presence]}</span></label></p>`,
  );
  return {
    title: `${words.refund} ${order.code}`,
    ...view,
    body: html`<p class="lead">${words.refundLead}</p>${deskForm(desk, {
      form,
      body: html`<fieldset class="field-group"><legend>${words.refundTickets}</legend>${boxes}</fieldset>
${moneyField(form, language, { name: 'amount', label: words.refundAmount, hint: words.refundAmountHint, currency: order.total.currency, isOptional: true })}`,
      submit: words.preview,
      cancelPath: orderPath(desk),
    })}`,
  };
}

/** The preview's address carries only ticket numbers and an amount, so nothing private gets into logs. */
const preview: Act = async (desk, values) => {
  const { order } = await ownOrder(desk);
  const ticketIds = values.all('ticketIds');
  const amount =
    values.optional('amount') === undefined ? undefined : values.money('amount', order.total.currency).amount;
  const json = {
    ...(amount === undefined ? {} : { amount }),
    ...(ticketIds.length === 0 ? {} : { ticketIds: [...ticketIds] }),
  };
  await desk.api.post('/v1/organizers/:slug/orders/:orderId/refund-previews', { param: orderParam(desk), json });
  const query = new URLSearchParams();
  if (amount !== undefined) query.set('amount', String(amount));
  if (ticketIds.length > 0) query.set('tickets', ticketIds.map((id) => id.slice(-3)).join('.'));
  return `${orderPath(desk, '/refund/preview')}${query.size === 0 ? '' : `?${query.toString()}`}`;
};

type Wish = { amount?: number; ticketIds?: string[] };

/** Within an order, the last three digits of a ticket's id identify it. */
function wishOf(desk: Desk, given: { amount: string | undefined; tickets: string | undefined }): Wish {
  const tickets = given.tickets?.split('.').filter((part) => /^\d{3}$/.test(part)) ?? [];
  return {
    ...(given.amount === undefined || given.amount === '' ? {} : { amount: Number(given.amount) }),
    ...(tickets.length === 0
      ? {}
      : { ticketIds: tickets.map((part) => `tkt_${desk.param('orderId').slice(4)}${part}`) }),
  };
}

async function showPreview(desk: Desk): Promise<View> {
  const { order, view } = await ownOrder(desk);
  const { language } = desk;
  const words = orderWords[language];
  const values = desk.form('refund').values;
  const given = {
    amount: values?.text('amount') ?? desk.query('amount'),
    tickets: values?.text('tickets') ?? desk.query('tickets'),
  };
  const wish = wishOf(desk, given);
  const shown = await desk.api.post('/v1/organizers/:slug/orders/:orderId/refund-previews', {
    param: orderParam(desk),
    json: wish,
  });
  const taken = (await ticketsOf(desk, order)).filter(({ ticketId }) => shown.ticketIds.includes(ticketId));
  const form = desk.form('refund');
  return {
    title: `${words.refund} ${order.code}`,
    ...view,
    body: confirmStep(desk, {
      act: 'refund',
      text: html`<p class="refund-amount">${words.buyerGets} <strong>${formatMoney(shown.amount, language)}</strong></p>
${facts([
  [
    words.takenBack,
    taken.length === 0 ? words.noTickets : taken.map(({ ticketCategory }) => ticketCategory).join(', '),
  ],
  [words.stays, formatMoney(shown.left, language)],
])}${shown.feesKept ? html`<p>${words.feesKept}</p>` : ''}`,
      body: html`${hiddenField('amount', given.amount ?? '')}${hiddenField('tickets', given.tickets ?? '')}${hiddenField('shown', shown.amount.amount)}
${textField(form, language, { name: 'reason', label: words.refundReason, value: words.refundReasonDefault, maxlength: 200 })}`,
      button: words.refundConfirm,
      backPath: orderPath(desk, '/refund'),
    }),
  };
}

/** Requests exactly the amount that was previewed, so that a change of the order in between cannot change the refund. */
const refund: Act = async (desk, values) => {
  const wish = wishOf(desk, { amount: values.text('amount'), tickets: values.text('tickets') });
  await desk.api.post('/v1/organizers/:slug/orders/:orderId/refunds', {
    param: orderParam(desk),
    header: { 'idempotency-key': values.raw('key') },
    json: { ...wish, amount: values.number('shown'), reason: values.text('reason') },
  });
  return done(orderPath(desk), 'refunded');
};
