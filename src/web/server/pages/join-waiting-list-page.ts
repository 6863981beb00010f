import { html } from 'hono/html';
import { categoryIn, eventIn } from '../../../catalog/index.ts';
import { linkTo } from '../../i18n/language.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { waitingListWords } from '../../i18n/words/waiting-list.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import type { Availability, PublicEvent, TicketCategories } from '../public-documents.ts';
import { field } from '../parts/field.ts';
import { eventShareImage } from '../parts/share-image.ts';
import { donePanel, formMessage, otherAddress } from '../parts/form-parts.ts';
import { phoneField } from '../parts/phone-field.ts';

/** The page where people join the waiting list of an event, for what is sold out. The API decides again. */
export async function joinWaitingListPage(
  context: PageContext,
  given: { readonly event: PublicEvent; readonly categories: TicketCategories; readonly availability: Availability },
  publicUrl: string,
): Promise<string> {
  const { language } = context.lang;
  const words = waitingListWords[language];
  const buyer = eventWords[language];
  const event = eventIn(language, given.event);
  const open = given.categories.filter(({ saleState }) => saleState === 'open');
  const bands = new Map(given.availability.map(({ ticketCategoryId, band }) => [ticketCategoryId, band]));
  const soldOut = open.filter(({ id }) => (bands.get(id) ?? 'none') === 'none');
  return layout(context, {
    title: `${words.title} · ${event.name}`,
    shareImage: await eventShareImage(event, language, publicUrl),
    ...(soldOut.length === 0 ? {} : { script: 'join-waiting-list.ts' }),
    className: 'page-form',
    body:
      soldOut.length === 0
        ? noNeed(context, event, open.length === 0 ? (words.refused['waiting_list.closed'] ?? '') : words.stillOnSale)
        : html`<div class="wrap form-wrap"><form id="form" method="post" novalidate data-slug="${event.slug}"><p class="overline">${event.name}</p><h1>${words.title}</h1><p class="lead">${words.joinLead}</p>
<div class="field"><label for="category">${words.category}</label><select id="category">${soldOut.map((category) => html`<option value="${category.id}">${categoryIn(language, category).name}</option>`)}</select></div>
<div class="field"><label for="quantity">${words.quantity}</label><input id="quantity" type="number" inputmode="numeric" min="1" max="${event.ticketsPerOrderMax}" value="1" aria-describedby="quantity-error"><p class="field-error" id="quantity-error" hidden></p></div>
${field({ name: 'name', label: buyer.name, autocomplete: 'name', maxlength: 100 })}
${field({ name: 'email', label: buyer.email, type: 'email', autocomplete: 'email', maxlength: 254, inputmode: 'email' })}
${phoneField({ label: buyer.phone, hint: buyer.phoneHint, country: event.country, language })}
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.join}</button></form>
${donePanel(words.joinedTitle, words.joinedText, otherAddress(language))}${backLink(context, event)}</div>`,
  });
}

function noNeed(context: PageContext, event: PublicEvent, why: string): Html {
  const words = waitingListWords[context.lang.language];
  return html`<div class="wrap form-wrap"><p class="overline">${event.name}</p><h1>${words.title}</h1>
<p class="notice">${why}</p>${backLink(context, event)}</div>`;
}

function backLink({ lang }: PageContext, { slug }: PublicEvent): Html {
  return html`<p class="center form-foot"><a href="${linkTo(`/events/${slug}`, lang)}">${waitingListWords[lang.language].back}</a></p>`;
}
