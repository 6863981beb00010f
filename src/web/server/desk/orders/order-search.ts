import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { formatPrice } from '../../../../platform/text/format-money.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import { orderWords } from '../../../i18n/words/desk/orders/orders.ts';
import { personalDataWords } from '../../../i18n/words/desk/orders/personal-data.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { Act, AddPage, Desk, View } from '../desk.ts';
import { isLimited } from '../nav.ts';
import { eventParam, eventView, ownEvent } from '../events/own-event.ts';
import type { FormValues } from '../forms.ts';
import { textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { chip, filterLinks, linkButton, notice } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';
import { orderMood } from './order-mood.ts';
import { personalDataPath } from './personal-data.ts';

const ordersPerPage = 25;
const statuses = ['pending_payment', 'paid', 'partially_refunded', 'refunded', 'expired', 'cancelled'] as const;

type FoundOrder = Data<'/v1/organizers/:slug/events/:eventId/orders'>['data'][number];

/** Order search, in one event or in all. */
export function orderSearchPages(addPage: AddPage): void {
  addPage('/desk/orders', showSearch, { search });
  addPage('/desk/events/:eventId/orders', showOrdersOfEvent, { search });
}

async function showSearch(desk: Desk): Promise<View> {
  const words = orderWords[desk.language];
  const q = sought(desk);
  const found = q === '' ? html`<p class="muted">${words.searchLead}</p>` : await foundOrders(desk, q, homeTimeZone);
  const toPerson = html`<p class="page-actions">${linkButton(personalDataPath, personalDataWords[desk.language].title, true)}</p>`;
  const body = html`${searchForm(desk, q)}${isLimited(desk.member) ? '' : toPerson}${found}`;
  return { title: words.search, section: 'orders', body };
}

async function showOrdersOfEvent(desk: Desk): Promise<View> {
  const words = orderWords[desk.language];
  const event = await ownEvent(desk);
  const q = sought(desk);
  const list =
    q === ''
      ? await listOfEvent(desk, event.timeZone)
      : await foundOrders(desk, q, event.timeZone, desk.param('eventId'));
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'orders',
    body: html`${searchForm(desk, q)}<p class="page-actions">${linkButton(`/desk/events/${event.id}/gifts`, words.give, true)}</p>${list}`,
  };
}

function sought(desk: Desk): string {
  return desk.unseal(desk.query('s') ?? '') ?? '';
}

/** The search text is sealed in the address, so that no email appears in logs or browser histories. */
const search: Act = (desk, values) => Promise.resolve(foundPath(desk, values, desk.path));

/** The address of the orders below `path` that fit what was typed into `searchForm`. */
export function foundPath(desk: Desk, values: FormValues, path: string): string {
  const q = values.text('q');
  return q === '' ? path : `${path}?s=${desk.seal(q)}`;
}

export function searchForm(desk: Desk, q: string, label = orderWords[desk.language].search): Html {
  const words = orderWords[desk.language];
  const form = desk.form('search');
  return html`<div role="search">${deskForm(desk, {
    form,
    body: textField(form, desk.language, {
      name: 'q',
      label,
      hint: words.searchHint,
      value: q,
      maxlength: 254,
      autocomplete: 'off',
      isOptional: 'silently',
    }),
    submit: words.find,
  })}</div>`;
}

async function foundOrders(desk: Desk, q: string, timeZone: string, eventId?: string): Promise<Html> {
  const words = orderWords[desk.language];
  const { data, match, nextCursor } = await desk.api.post('/v1/organizers/:slug/order-searches', {
    param: { slug: desk.slug },
    json: {
      q,
      limit: ordersPerPage,
      ...pageQuery(desk),
      ...(eventId === undefined ? {} : { eventId }),
    },
  });
  if (data.length === 0) return html`<p role="status">${words.nothing}</p>`;
  return html`${match === 'similar' ? notice(words.similar(q), 'warn') : ''}${orderTable(desk, data, timeZone)}${paging(desk, nextCursor, { s: desk.query('s') })}`;
}

async function listOfEvent(desk: Desk, timeZone: string): Promise<Html> {
  const { language } = desk;
  const words = orderWords[language];
  const status = statuses.find((known) => known === desk.query('status'));
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/events/:eventId/orders', {
    param: eventParam(desk),
    query: { limit: ordersPerPage, ...(status && { status }), ...pageQuery(desk) },
  });
  const filter = [undefined, ...statuses].map((one) => ({
    path: one === undefined ? desk.path : `${desk.path}?status=${one}`,
    label: one === undefined ? words.all : (statusWords[language][one] ?? one),
    isCurrent: one === status,
  }));
  return html`${filterLinks(words.filter, filter)}
${data.length === 0 ? html`<p class="nothing">${words.none}</p>` : orderTable(desk, data, timeZone)}${paging(desk, nextCursor, { status })}`;
}

function orderTable({ language }: Desk, rows: readonly FoundOrder[], timeZone: string): Html {
  const words = orderWords[language];
  return table({
    caption: words.title,
    rows,
    columns: [
      { label: words.order, cell: ({ id, code }) => html`<a href="/desk/orders/${id}">${code}</a>` },
      { label: words.buyer, cell: ({ buyer }) => buyer.name },
      {
        label: words.status,
        cell: ({ status }) => chip(statusWords[language][status] ?? status, orderMood(status)),
      },
      {
        label: words.tickets,
        cell: ({ lines }) => lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(', '),
      },
      {
        label: words.total,
        cell: ({ total }) => formatPrice(total, language),
        isNumber: true,
      },
      { label: words.placed, cell: ({ placedAt }) => formatDateTime(placedAt, timeZone, language, 'medium') },
    ],
  });
}
