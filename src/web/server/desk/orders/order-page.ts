import { html } from 'hono/html';
import { AntreProblem } from '../../../../client/problem.ts';
import { formatCount, formatMoney, formatPrice } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { orderWords } from '../../../i18n/words/desk/orders/orders.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { eventView } from '../events/own-event.ts';
import { type Form, changedOnly } from '../forms.ts';
import { areaField, textField } from '../parts/fields.ts';
import { confirmStep, deskForm } from '../parts/form.ts';
import { chip, facts, linkButton, notice, panel } from '../parts/pieces.ts';
import { orderMood } from './order-mood.ts';
import { storyList } from './order-story.ts';

export type DeskOrder = Data<'/v1/organizers/:slug/orders/:orderId'>;

/** One order: its details, its story, and the actions that its state allows. */
export function orderPages(addPage: AddPage): void {
  addPage('/desk/orders/:orderId', showOrder, { note, resend, rename, correct });
  addPage('/desk/orders/:orderId/cancellation', showCancellation, { cancel });
}

export function orderParam(desk: Desk): { slug: string; orderId: string } {
  return { slug: desk.slug, orderId: desk.param('orderId') };
}

export const orderPath = (desk: Desk, page = '') => `/desk/orders/${desk.param('orderId')}${page}`;

const ticketsMax = 100;

/** The valid tickets of an order, as attendees. */
export async function ticketsOf(desk: Desk, order: DeskOrder) {
  const { data } = await desk.api.get('/v1/organizers/:slug/events/:eventId/attendees', {
    param: { slug: desk.slug, eventId: order.eventId },
    query: { orderId: order.id, limit: ticketsMax },
  });
  return data.filter(({ status }) => status === 'live');
}

/** The order, its event, and the parts of a view that all pages of an order share. */
export async function ownOrder(desk: Desk) {
  const order = await desk.api.get('/v1/organizers/:slug/orders/:orderId', { param: orderParam(desk) });
  const event = await desk.api.get('/v1/organizers/:slug/events/:eventId', {
    param: { slug: desk.slug, eventId: order.eventId },
  });
  const view = { ...eventView(event), section: 'orders', eventSection: 'orders' } as const;
  return { order, event, view };
}

const openStatuses = ['pending_payment', 'closing'];
const paidStatuses = ['paid', 'partially_refunded'];

async function showOrder(desk: Desk): Promise<View> {
  const { order, event, view } = await ownOrder(desk);
  const words = orderWords[desk.language];
  const story = await desk.api.get('/v1/organizers/:slug/orders/:orderId/story', { param: orderParam(desk) });
  return {
    title: `${words.order} ${order.code}`,
    ...view,
    body: html`${panel(words.facts, factsOf(desk, order, event.timeZone))}
${actions(desk, order)}
${panel(words.story, html`${noteForm(desk)}${storyList(story, event.timeZone, desk.language)}`, 'story')}`,
  };
}

function factsOf({ language }: Desk, order: DeskOrder, timeZone: string): Html {
  const words = orderWords[language];
  const money = (of: { amount: number; currency: string }) => formatMoney(of, language);
  const time = (at: string | undefined) =>
    at === undefined ? undefined : formatDateTime(at, timeZone, language, 'medium');
  return facts([
    [words.status, chip(statusWords[language][order.status] ?? order.status, orderMood(order.status))],
    [words.buyer, order.buyer.name],
    [words.email, order.buyer.email],
    [words.phone, order.buyer.phone],
    [words.tickets, order.lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')],
    [words.discount, order.discount.amount === 0 ? undefined : money(order.discount)],
    [words.fees, order.fees.amount === 0 ? undefined : money(order.fees)],
    [words.total, formatPrice(order.total, language)],
    [words.placed, time(order.placedAt)],
    [words.paid, time(order.paidAt)],
    [words.holdEnds, openStatuses.includes(order.status) ? time(order.expiresAt) : undefined],
    [
      words.flags,
      order.flags.length === 0 ? undefined : html`${order.flags.map((flag) => chip(words.flagNames[flag], 'warn'))}`,
    ],
  ]);
}

/** What a partly refunded order still has is taken back by a refund. */
const cancellableStatuses = [...openStatuses, 'paid'];

/** The actions for the order's state. The API enforces the rules; this only hides what it would refuse. */
function actions(desk: Desk, order: DeskOrder): Html {
  const words = orderWords[desk.language];
  const isPaid = paidStatuses.includes(order.status);
  if (!isPaid && !openStatuses.includes(order.status)) return html``;
  const [renameForm, correctForm] = [desk.form('rename'), desk.form('correct')];
  const name = textField(renameForm, desk.language, {
    name: 'name',
    label: words.newName,
    value: order.buyer.name,
    maxlength: 100,
    autocomplete: 'off',
  });
  return html`<section class="panel"><h2>${words.actions}</h2>
<p class="page-actions">${isPaid ? html`${linkButton(orderPath(desk, '/refund'), words.refund, true)} ${linkButton(orderPath(desk, '/names'), words.names, true)}` : ''} ${cancellableStatuses.includes(order.status) ? linkButton(orderPath(desk, '/cancellation'), words.cancel, true) : ''}</p>
${isPaid ? html`<div class="desk-action"><p>${words.resendText}</p>${deskForm(desk, { form: desk.form('resend'), submit: words.resend, isSmall: true })}</div>` : ''}
${folded(correctForm, words.correct, html`<p>${words.correctText}</p>${deskForm(desk, { form: correctForm, body: addressFields(desk, correctForm, order), submit: words.correct, isSmall: true, isChange: true })}`)}
${folded(renameForm, words.rename, html`<p>${words.renameText}</p>${deskForm(desk, { form: renameForm, body: name, submit: words.rename, isSmall: true })}`)}</section>`;
}

/** Rarely needed, so that the story of the order is not far below. A refused one stays open. */
function folded({ refusal }: Form, label: string, body: Html): Html {
  return html`<details class="desk-action"${refusal === undefined ? '' : html` open`}><summary>${label}</summary>${body}</details>`;
}

/** A mistyped letter is easier put right than all of it typed again. */
function addressFields({ language }: Desk, form: Form, { buyer }: DeskOrder): readonly Html[] {
  const words = orderWords[language];
  const field = (name: 'email' | 'phone', type: 'email' | 'tel', maxlength: number) =>
    textField(form, language, {
      name,
      type,
      label: words[name],
      value: buyer[name] ?? '',
      maxlength,
      autocomplete: 'off',
    });
  return [field('email', 'email', 254), field('phone', 'tel', 64)];
}

function noteForm(desk: Desk): Html {
  const words = orderWords[desk.language];
  const form = desk.form('note');
  return deskForm(desk, {
    form,
    body: areaField(form, desk.language, {
      name: 'text',
      label: words.note,
      hint: words.noteHint,
      maxlength: 2000,
      rows: 3,
    }),
    submit: words.addNote,
    isSmall: true,
  });
}

const note: Act = async (desk, values) => {
  const json = { text: values.text('text') };
  await desk.api.post('/v1/organizers/:slug/orders/:orderId/notes', { param: orderParam(desk), json });
  return done(orderPath(desk), 'noted');
};

const resend: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/orders/:orderId/notifications', { param: orderParam(desk) });
  return done(orderPath(desk), 'resent');
};

const rename: Act = async (desk, values) => {
  const json = { name: values.text('name') };
  await desk.api.patch('/v1/organizers/:slug/orders/:orderId/buyer', { param: orderParam(desk), json });
  return done(orderPath(desk), 'renamed');
};

const correct: Act = async (desk, values) => {
  const json = changedOnly(values, { email: values.text('email'), phone: values.text('phone') });
  await desk.api.patch('/v1/organizers/:slug/orders/:orderId/buyer', { param: orderParam(desk), json });
  return done(orderPath(desk), 'corrected');
};

async function showCancellation(desk: Desk): Promise<View> {
  const { order, view: shared } = await ownOrder(desk);
  const words = orderWords[desk.language];
  const view = { title: `${words.cancel} ${order.code}`, ...shared };
  const isPaid = paidStatuses.includes(order.status);
  const tickets = isPaid ? await ticketsOf(desk, order) : [];
  if (tickets.some(({ presence }) => presence !== 'not_yet')) {
    const refund = linkButton(orderPath(desk, '/refund'), words.refund, true);
    return {
      ...view,
      body: html`${notice(words.cancelEntered, 'warn')}${order.total.amount === 0 ? '' : html`<p class="page-actions">${refund}</p>`}`,
    };
  }
  return {
    ...view,
    body: confirmStep(desk, {
      act: 'cancel',
      text: isPaid ? await consequenceOf(desk, order, tickets.length) : words.cancelUnpaid,
      button: words.cancelConfirm,
      backPath: orderPath(desk),
    }),
  };
}

async function consequenceOf(desk: Desk, order: DeskOrder, tickets: number): Promise<Html> {
  const { language } = desk;
  const words = orderWords[language];
  const lines: Parameters<typeof facts>[0][number][] = [[words.takenBack, formatCount(tickets, language)]];
  if (order.total.amount > 0) {
    const amount = await desk.api
      .post('/v1/organizers/:slug/orders/:orderId/refund-previews', { param: orderParam(desk), json: {} })
      .then(
        (shown) => shown.amount,
        (error: unknown) => {
          // A bank has taken all of it back already.
          if (error instanceof AntreProblem && error.code === 'refund.not_refundable')
            return { ...order.total, amount: 0 };
          throw error;
        },
      );
    lines.push([words.buyerGets, formatMoney(amount, language)]);
  }
  return html`<p>${words.cancelPaid}</p>${facts(lines)}`;
}

const cancel: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/orders/:orderId/cancellation', { param: orderParam(desk) });
  return done(orderPath(desk), 'orderCancelled');
};
