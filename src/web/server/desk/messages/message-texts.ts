import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { AntreProblem } from '../../../../client/problem.ts';
import { messageTextWords } from '../../../i18n/words/desk/messages/message-texts.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { areaField } from '../parts/fields.ts';
import { askedForm, deskForm } from '../parts/form.ts';
import { chip } from '../parts/pieces.ts';

type MessageText = Data<'/v1/organizers/:slug/message-texts'>['data'][number];

const path = '/desk/message-texts';
const bodyLengthMax = 1024;

/** The texts of WhatsApp messages, in the organiser's own words or in ours. */
export function messageTextPages(addPage: AddPage): void {
  addPage(path, showTexts);
  addPage(`${path}/:template/:locale`, showText, { save, reset });
}

async function textsOf(desk: Desk): Promise<readonly MessageText[]> {
  const { data } = await desk.api.get('/v1/organizers/:slug/message-texts', { param: { slug: desk.slug } });
  return data;
}

type Occasion = keyof (typeof messageTextWords)['en']['occasions'];

/** When a message goes out, which is how people look for it. */
const occasionOf: Readonly<Record<MessageText['template'], Occasion>> = {
  ticket_issued: 'order',
  payment_expiring: 'order',
  order_cancelled: 'order',
  order_refunded: 'order',
  event_moved: 'change',
  event_postponed: 'change',
  event_cancelled: 'change',
  event_reminder: 'news',
  event_practical: 'news',
  event_news: 'news',
  buyer_code: 'waiting',
};

/** Folded by occasion, so that a phone shows all occasions at once. */
async function showTexts(desk: Desk): Promise<View> {
  const words = messageTextWords[desk.language];
  const texts = Map.groupBy(await textsOf(desk), ({ template }) => occasionOf[template]);
  const order: readonly Occasion[] = ['order', 'change', 'news', 'waiting'];
  return {
    title: words.title,
    section: 'connections',
    body: html`<p class="lead">${words.lead}</p>${order.map((occasion) => occasionPart(desk, occasion, texts.get(occasion) ?? []))}`,
  };
}

function occasionPart({ language }: Desk, occasion: Occasion, texts: readonly MessageText[]): Html {
  const words = messageTextWords[language];
  const places = Object.keys(occasionOf);
  const messages = [...Map.groupBy(texts, ({ template }) => template)].toSorted(
    ([one], [other]) => places.indexOf(one) - places.indexOf(other),
  );
  const own = texts.filter(({ isOwn }) => isOwn).length;
  const items = messages.map(
    ([template, each]) =>
      html`<li>${words.names[template] ?? template}<ul>${each.map(
        ({ locale, isOwn }) =>
          html`<li><a class="block-link" href="${path}/${template}/${locale}" aria-label="${words.languages[locale]}: ${words.names[template] ?? template}">${words.languages[locale]}</a> ${isOwn ? chip(words.own, 'good') : chip(words.ours)}</li>`,
      )}</ul></li>`,
  );
  return html`<details class="panel"><summary>${words.occasions[occasion]} <span class="muted small">${words.count(messages.length)}</span>${own === 0 ? '' : html` ${chip(words.ownCount(own), 'good')}`}</summary><ul class="occasion">${items}</ul></details>`;
}

/** A path that names no message gets 404. The API refuses its form. */
function textParam(desk: Desk) {
  return {
    slug: desk.slug,
    template: desk.param('template') as MessageText['template'],
    locale: desk.param('locale') as MessageText['locale'],
  };
}

async function showText(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = messageTextWords[language];
  const { template, locale } = textParam(desk);
  const text = (await textsOf(desk)).find((one) => one.template === template && one.locale === locale);
  if (text === undefined) throw new AntreProblem({ code: 'request.not_found' }, 404);
  const form = desk.form('save');
  const variables = text.variables.map(
    ({ name, isRequired }) => html`<li><code>{{${name}}}</code>${isRequired ? ` ${words.isRequired}` : ''}</li>`,
  );
  const field = areaField(form, language, {
    name: 'body',
    label: words.body,
    value: text.body,
    maxlength: bodyLengthMax,
    rows: 9,
  });
  return {
    title: `${words.names[template] ?? template} (${words.languages[locale]})`,
    section: 'connections',
    body: html`<p>${words.variables}</p><ul class="variables">${variables}</ul>
${deskForm(desk, { form, body: field, submit: words.save, cancelPath: path })}
${text.isOwn ? askedForm(desk, { form: desk.form('reset'), label: words.reset, asks: askWords[language].ownText }) : ''}`,
  };
}

const save: Act = async (desk, values) => {
  await desk.api.put('/v1/organizers/:slug/message-texts/:template/:locale', {
    param: textParam(desk),
    // Browsers send line breaks as CR LF.
    json: { body: values.text('body').replaceAll('\r\n', '\n') },
  });
  return done(path, 'saved');
};

const reset: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/message-texts/:template/:locale', { param: textParam(desk) });
  return done(path, 'saved');
};
