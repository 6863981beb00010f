import { html } from 'hono/html';
import { formatMoney, formatPrice } from '../../../platform/text/format-money.ts';
import { formatClockIn, formatDate } from '../../../platform/text/format-time.ts';
import { type Language, linkTo } from '../../i18n/language.ts';
import type { Html, PageContext } from '../layout.ts';
import type { Band, EventFacts, PublicEvent, QueueTimes, TicketCategory } from '../public-documents.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { newsWordingNow, newsWordings } from '../../i18n/words/news.ts';
import { roomWords } from '../../i18n/words/room.ts';
import { isAnySoldOut } from '../../sale-stage.ts';
import { waitingListWords } from '../../i18n/words/waiting-list.ts';
import { calendarLink, hrefIn } from '../parts/event-facts.ts';
import { field } from '../parts/field.ts';
import { formMessage } from '../parts/form-parts.ts';
import { legalLinks } from './legal-page.ts';
import { phoneField } from '../parts/phone-field.ts';

/**
 * Ticket categories and the order form. The form is shown while something is on sale; otherwise a text explains why not. The stylesheet
 * chooses by the article's `data-stage`, which the script updates. The button is disabled until the script runs, because the page's CSP
 * forbids submitting the form without it.
 */
export function checkout(context: PageContext, facts: EventFacts): Html {
  const { event, organizer, categories, availability, room, isPublic } = facts;
  const { language } = context.lang;
  const words = eventWords[language];
  const bands = new Map(availability.map(({ ticketCategoryId, band }) => [ticketCategoryId, band]));
  const states = categories.map(({ id, saleState }) => ({ saleState, band: bands.get(id) ?? 'none' }));
  const isOff = event.status === 'cancelled' || event.sales === 'closed';
  return html`<section class="tickets" id="tickets" aria-labelledby="tickets-title"><h2 id="tickets-title">${words.tickets}</h2>
${event.status !== 'cancelled' && event.sales === 'closed' ? html`<p class="notice notice-warn">${words.salesStopped}</p>` : ''}
${categories.length === 0 ? html`<p class="muted">${words.noCategories}</p>` : ''}
${room === undefined || room.phase === 'over' || isOff ? '' : roomNotice(context, facts, room)}
${isOff || categories.length === 0 ? '' : stagePanels(facts, language)}
${event.hasWaitingList && !isOff ? html`<p id="waiting-list"${isAnySoldOut(states) ? '' : html` hidden`}><a class="block-link" ${hrefIn(facts, linkTo(`/events/${event.slug}/waiting-list`, context.lang))}>${waitingListWords[language].tellMe}</a></p>` : ''}
<form id="checkout" method="post" novalidate data-fee="${event.feePerTicket.amount}" data-currency="${event.currency}" data-tickets-max="${event.ticketsPerOrderMax}">
<ul class="categories">${categories.map((category) => categoryRow(category, bands.get(category.id) ?? 'none', event, language))}</ul>
<p class="field-error choice-fault" id="choice-error" tabindex="-1" hidden></p>
${isOff || categories.length === 0 ? '' : html`${rules(event, language)}<div class="while-open">${buyerFields(event, language)}${legalLinks(organizer, { slug: event.slug, isPublic }, context.lang)}${submitBar(event, language)}</div>`}
</form></section>
${isOff ? '' : html`<a class="jump button while-open" href="#tickets" id="jump">${words.chooseTickets}</a>`}`;
}

/** The content in place of the form while nothing can be ordered. */
function stagePanels(facts: EventFacts, language: Language): Html {
  const { event, categories } = facts;
  const words = eventWords[language];
  const opening = categories.filter(({ saleState }) => saleState === 'upcoming').map(({ saleOpensAt }) => saleOpensAt);
  const first = opening.sort()[0];
  return html`<p class="visually-hidden" id="sale-live" role="status"></p>
<div class="stage-panel while-upcoming"><p>${words.opensIn}</p><strong id="opens-in" role="timer"></strong>
${first === undefined ? '' : html`<p class="muted">${timeText(first, event, language)}</p><p><a class="block-link" ${hrefIn(facts, calendarLink(event, 'sale', language))}>${words.remindOfSale}</a></p>`}<p class="muted small">${words.keepOpen}</p></div>
<div class="stage-panel while-sold_out"><strong>${words.stageTitle.sold_out}</strong><p class="muted">${words.soldOutText}</p></div>
<div class="stage-panel while-over"><strong>${words.stageTitle.over}</strong></div>`;
}

/** Shows the link to the waiting room. The script hides it for buyers with a pass. */
function roomNotice({ lang }: PageContext, facts: EventFacts, { phase }: QueueTimes): Html {
  const words = roomWords[lang.language];
  return html`<div class="notice room" id="room"><strong id="room-title">${words.phases[phase]}</strong><p id="room-text">${words.phaseText[phase]}</p>
<a class="button" id="room-link" ${hrefIn(facts, linkTo(`/events/${facts.event.slug}/queue`, lang))}>${words.takeTurn}</a></div>`;
}

function categoryRow(category: TicketCategory, band: Band, event: PublicEvent, language: Language): Html {
  const words = eventWords[language];
  const { id, name, price, saleState, perOrderMin, perOrderMax } = category;
  const quantityMax = Math.min(perOrderMax, event.ticketsPerOrderMax);
  const limits = [
    words.perOrder(perOrderMin, quantityMax),
    ...(category.perBuyerMax === null ? [] : [words.perBuyer(category.perBuyerMax)]),
  ];
  return html`<li class="category" data-category="${id}" data-state="${saleState}" data-band="${band}" data-price="${price.amount}" data-opens-at="${category.saleOpensAt}" data-closes-at="${category.saleClosesAt}">
<div class="category-text"><strong>${name}</strong>${category.description === '' ? '' : html`<p>${category.description}</p>`}
<p class="category-price">${formatPrice(price, language)}</p>
<p class="category-state"><span class="band band-${saleState === 'open' ? band : saleState}" data-part="band">${stateText(category, band, event, language)}</span></p>
<p class="muted small">${limits.join(' · ')}</p><p class="field-error choice-fault" id="fault-${id}" tabindex="-1" hidden></p></div>
<div class="stepper" role="group" aria-label="${words.quantityOf(name)}"><button type="button" data-step="-1" aria-label="${words.fewer(name)}" disabled>−</button>
<input type="number" inputmode="numeric" name="quantity" value="0" min="0" max="${quantityMax}" data-min="${perOrderMin}" aria-label="${words.quantityOf(name)}" aria-describedby="fault-${id}" disabled>
<button type="button" data-step="1" aria-label="${words.more(name)}" disabled>+</button></div></li>`;
}

function stateText(category: TicketCategory, band: Band, event: PublicEvent, language: Language): string {
  const words = eventWords[language];
  if (category.saleState === 'upcoming') return words.opensAt(timeText(category.saleOpensAt, event, language));
  return category.saleState === 'closed' ? words.closed : words.bands[band];
}

function timeText(time: string, { timeZone }: PublicEvent, language: Language): string {
  return `${formatDate(time, timeZone, language, 'medium')}, ${formatClockIn(time, timeZone, language)}`;
}

function rules(event: PublicEvent, language: Language): Html {
  const words = eventWords[language];
  const sentences = [
    words.orderMax(event.ticketsPerOrderMax),
    ...(event.ticketsPerBuyerMax === null ? [] : [words.buyerMax(event.ticketsPerBuyerMax)]),
    ...(event.feePerTicket.amount === 0 ? [] : [words.fee(formatMoney(event.feePerTicket, language))]),
    ...(event.refundableUntilHours === null ? [] : [words.refundable(event.refundableUntilHours)]),
  ];
  return html`<p class="muted small rules">${sentences.join(' ')}</p>`;
}

function buyerFields({ country }: PublicEvent, language: Language): Html {
  const words = eventWords[language];
  return html`<fieldset class="buyer" id="buyer" disabled><legend>${words.yourDetails}</legend>
${field({ name: 'name', label: words.name, autocomplete: 'name', maxlength: 100 })}
${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'email', maxlength: 254, hint: words.emailHint, inputmode: 'email' })}
${phoneField({ label: words.phone, hint: words.phoneHint, country, language })}
<details class="promo"><summary>${words.promoAdd}</summary><div class="promo-row">${field({ name: 'promoCode', label: words.promo, autocomplete: 'off', maxlength: 100, isRequired: false, className: 'upper' })}
<button type="button" class="button button-quiet" id="promo-apply">${words.promoApply}</button></div><p class="promo-result" id="promo-result" role="status"></p></details>
<label class="agree"><input type="checkbox" id="news" data-wording="${newsWordingNow}"> <span>${newsWordings[newsWordingNow][language]}</span></label>
<p class="muted small">${words.privacy}</p></fieldset>`;
}

function submitBar({ currency }: PublicEvent, language: Language): Html {
  const words = eventWords[language];
  return html`<dl class="price-parts" id="price-parts" hidden></dl><div class="submit-bar">${formMessage()}
<p class="submit-total"><span>${words.total}</span> <output id="total" aria-live="polite">${formatMoney({ amount: 0, currency }, language)}</output></p>
<button class="button button-main" id="place" disabled>${words.place}</button></div>
<p class="muted small center">${words.payLater}</p>`;
}
