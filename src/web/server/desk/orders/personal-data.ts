import { html } from 'hono/html';
import { withoutUndefined } from '../../../../platform/without-undefined.ts';
import { personalDataWords } from '../../../i18n/words/desk/orders/personal-data.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';
import type { Act, AddPage, Desk, View } from '../desk.ts';
import { textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { facts, linkButton, notice, panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';

export const personalDataPath = '/desk/personal-data';

/** What is kept of one person, for one who asks. */
export function personalDataPage(addPage: AddPage): void {
  addPage(personalDataPath, showForm, { find });
}

function showForm(desk: Desk): Promise<View> {
  const words = personalDataWords[desk.language];
  const form = desk.form('find');
  const body = html`${textField(form, desk.language, { name: 'email', label: words.email, type: 'email', maxlength: 254, isOptional: 'silently' })}
${textField(form, desk.language, { name: 'phone', label: words.phone, hint: words.oneOf, type: 'tel', maxlength: 64, isOptional: 'silently' })}`;
  return Promise.resolve({
    title: words.title,
    section: 'orders',
    body: html`<p class="lead">${words.lead}</p>${deskForm(desk, { form, body, submit: words.find })}`,
  });
}

/** The lists of the document, in the order in which the page counts them. */
const parts = [
  'orders',
  'heldTickets',
  'waitingEntries',
  'waitingRoomPlaces',
  'verifications',
  'inboundMessages',
  'newsStops',
  'suppressions',
] as const;

/** The document is in the page itself: no address leads to it, and nothing keeps it. */
const find: Act = async (desk, values) => {
  const words = personalDataWords[desk.language];
  const found = await desk.api.post('/v1/organizers/:slug/personal-data', {
    param: { slug: desk.slug },
    json: withoutUndefined({ email: values.optional('email'), phone: values.optional('phone') }),
  });
  const { askedAt, isComplete } = found;
  const kept = parts.filter((part) => found[part].length > 0);
  return {
    title: words.title,
    section: 'orders',
    isAnswer: true,
    body: html`${
      kept.length === 0
        ? html`<p class="nothing">${words.nothing}</p>`
        : html`${isComplete ? '' : notice(words.partly, 'warn')}${panel(
            words.found,
            html`${facts(kept.map((part) => [words[part], String(found[part].length)]))}
<p><a class="button" download="personal-data-${askedAt.slice(0, 10)}.json" href="${`data:application/json;base64,${Buffer.from(JSON.stringify(found, null, 2)).toString('base64')}`}">${words.download}</a></p>
<p class="hint">${words.downloadHint}</p>`,
          )}${orderTable(desk, found.orders)}`
    }<p class="page-actions">${linkButton(personalDataPath, words.again, true)}</p>`,
  };
};

type Orders = readonly { id: string; code: string; event: string; status: string; buyer: { name: string } }[];

function orderTable({ language }: Desk, orders: Orders): Html {
  const words = personalDataWords[language];
  if (orders.length === 0) return html``;
  return table({
    caption: words.orders,
    rows: orders,
    columns: [
      { label: words.code, cell: ({ id, code }) => html`<a href="/desk/orders/${id}">${code}</a>` },
      { label: words.event, cell: ({ event }) => event },
      { label: words.name, cell: ({ buyer }) => buyer.name },
      { label: words.status, cell: ({ status }) => statusWords[language][status] ?? status },
    ],
  });
}
