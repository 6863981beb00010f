import { html } from 'hono/html';
import { linkTo } from '../../i18n/language.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { waitingListWords } from '../../i18n/words/waiting-list.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import type { PublicEvent, TicketCategories } from '../public-documents.ts';
import { field } from './field.ts';
import { donePanel, formMessage } from './form-parts.ts';
import { phoneField } from './phone-field.ts';

/** The page where people join the waiting list of an event. The API decides whether a category needs one. */
export function joinWaitingListPage(
  context: PageContext,
  { event, categories }: { readonly event: PublicEvent; readonly categories: TicketCategories },
): Promise<string> {
  const { language } = context.lang;
  const words = waitingListWords[language];
  const buyer = eventWords[language];
  const open = categories.filter(({ saleState }) => saleState === 'open');
  return layout(context, {
    title: `${words.title} · ${event.name}`,
    ...(open.length === 0 ? {} : { script: 'join-waiting-list.ts' }),
    className: 'page-form',
    body:
      open.length === 0
        ? notOnSale(context, event)
        : html`<div class="wrap form-wrap"><form id="form" method="post" novalidate data-slug="${event.slug}"><p class="overline">${event.name}</p><h1>${words.title}</h1><p class="lead">${words.joinLead}</p>
<div class="field"><label for="category">${words.category}</label><select id="category">${open.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></div>
<div class="field"><label for="quantity">${words.quantity}</label><input id="quantity" type="number" inputmode="numeric" min="1" max="${event.ticketsPerOrderMax}" value="1"></div>
${field({ name: 'name', label: buyer.name, autocomplete: 'name', maxlength: 100 })}
${field({ name: 'email', label: buyer.email, type: 'email', autocomplete: 'email', maxlength: 254, inputmode: 'email' })}
${phoneField({ label: buyer.phone, hint: buyer.phoneHint, country: event.country, language })}
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.join}</button></form>
${donePanel(words.joinedTitle, words.joinedText)}${backLink(context, event)}</div>`,
  });
}

function notOnSale(context: PageContext, event: PublicEvent): Html {
  const words = waitingListWords[context.lang.language];
  return html`<div class="wrap form-wrap"><p class="overline">${event.name}</p><h1>${words.title}</h1>
<p class="notice">${words.refused['waiting_list.closed'] ?? ''}</p>${backLink(context, event)}</div>`;
}

function backLink({ lang }: PageContext, { slug }: PublicEvent): Html {
  return html`<p class="center form-foot"><a href="${linkTo(`/events/${slug}`, lang)}">${waitingListWords[lang.language].back}</a></p>`;
}
