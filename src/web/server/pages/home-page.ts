import { html } from 'hono/html';
import { noDate } from '../../../platform/text/no-date.ts';
import { hasNoDate } from '../parts/event-facts.ts';
import { type Currency, currencyDefault } from '../../../platform/text/money.ts';
import { formatMoney } from '../../../platform/text/format-money.ts';
import { formatClockIn, formatDate } from '../../../platform/text/format-time.ts';
import { type ChosenLanguage, linkTo, otherThan } from '../../i18n/language.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import { eventPicture } from '../parts/event-picture.ts';
import { cardImage, homeCard, organizerCard } from '../parts/share-image.ts';
import type { ListedEvent, Listing, Organizer } from '../public-documents.ts';
import { eventIn, eventKindNames, eventKinds } from '../../../catalog/index.ts';
import { homeWords } from '../../i18n/words/home.ts';
import { kindText } from '../../i18n/words/kinds.ts';
import { contactLine, legalLinks } from './legal-page.ts';
import { type PriceBound, type Search, boundOf, freeOnly, priceBounds, whens } from '../search.ts';

/** The published events, with a search that works without script. */
export async function homePage(
  context: PageContext,
  listing: Listing,
  search: Search,
  publicUrl: string,
): Promise<string> {
  const { lang } = context;
  const words = homeWords[lang.language];
  const { cursor: _, ...filters } = search;
  const { priceMax: _price, ...anyPrice } = filters;
  const bound = boundOf(search);
  const isSearch = Object.keys(filters).length > 0;
  const otherLanguage: ChosenLanguage = { language: otherThan(lang.language), isAsked: true };
  return layout(context, {
    title: words.title,
    description: words.lead,
    className: 'page-home',
    ...(isSearch || search.cursor !== undefined ? {} : { pageUrl: `${publicUrl}/` }),
    shareImage: cardImage('', await homeCard(lang.language), lang.language, publicUrl),
    otherLanguageLink: linkTo(homePath(search), otherLanguage),
    body: html`<div class="wrap">
<header class="hero"><h1>${words.heading}</h1><p>${words.lead}</p></header>
${searchForm(lang, search, listing)}
<section aria-labelledby="listing"><h2 id="listing" class="overline">${isSearch ? words.results : words.coming}</h2>
${bound === undefined ? '' : html`<p class="muted small">${words.onlyInCurrency[bound.price.currency]} <a href="${linkTo(homePath(anyPrice), lang)}">${words.anyPrice}</a></p>`}
${listing.data.length === 0 ? noEvents(lang) : cards(listing, lang)}
</section>
<nav class="pager">${isSearch || search.cursor !== undefined ? html`<a class="button button-quiet" href="${linkTo('/', lang)}">${words.all}</a>` : ''}
${listing.nextCursor === null ? '' : html`<a class="button" href="${linkTo(homePath({ ...search, cursor: listing.nextCursor }), lang)}" rel="next">${words.more}</a>`}</nav>
</div>`,
  });
}

function homePath(search: Search): string {
  const query = new URLSearchParams(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''));
  return query.size === 0 ? '/' : `/?${query.toString()}`;
}

/** Rupiah, and the currencies of the search and of the events that it finds. */
function boundsFor(search: Search, { data }: Listing): PriceBound[] {
  const found = data.map(({ priceFrom }) => priceFrom?.currency);
  const offered = new Set<Currency | undefined>([currencyDefault, boundOf(search)?.price.currency, ...found]);
  return priceBounds.filter(({ price }) => offered.has(price.currency));
}

function searchForm(lang: ChosenLanguage, search: Search, listing: Listing): Html {
  const words = homeWords[lang.language];
  const bounds = boundsFor(search, listing).map(
    ({ inAddress, price }): Option => [inAddress, words.upTo(formatMoney(price, lang.language))],
  );
  return html`<form class="search" action="/" method="get" role="search">
<label><span>${words.search}</span><input type="search" name="q" value="${search.q ?? ''}" placeholder="${words.searchHint}" maxlength="100" enterkeyhint="search"></label>
${choice('category', words.kind, search.category, [['', words.anyKind], ...eventKindNames.map((kind): Option => [kind, eventKinds[kind][lang.language]])])}
${choice('when', words.when, search.when, [['', words.whens.any], ...whens.map((when): Option => [when, words.whens[when]])])}
${choice('priceMax', words.price, search.priceMax, [['', words.anyPrice], [freeOnly, words.onlyFree], ...bounds])}
<label><span>${words.city}</span><input name="city" value="${search.city ?? ''}" placeholder="${words.cityHint}" maxlength="120" autocomplete="address-level2"></label>
${lang.isAsked ? html`<input type="hidden" name="lang" value="${lang.language}">` : ''}
<button class="button">${words.find}</button></form>`;
}

type Option = readonly [value: string, text: string];

/** A kind that we do not know stays selected, as the address has it. */
function choice(name: string, label: string, chosen: string | number | undefined, options: readonly Option[]): Html {
  const value = String(chosen ?? '').toLowerCase();
  const all = options.some(([one]) => one === value) ? options : [...options, [value, String(chosen)] as const];
  return html`<label><span>${label}</span><select name="${name}">${all.map(([one, text]) => html`<option value="${one}"${one === value ? html` selected` : ''}>${text}</option>`)}</select></label>`;
}

/** The events of one organiser. */
export async function organizerPage(
  context: PageContext,
  listing: Listing,
  { organizer, eventSlug, publicUrl }: { organizer: Organizer; eventSlug: string; publicUrl: string },
): Promise<string> {
  const { lang } = context;
  const words = homeWords[lang.language];
  const { slug, name } = organizer;
  const next = listing.nextCursor;
  return layout(context, {
    title: name,
    description: words.eventsBy(name),
    className: 'page-home',
    pageUrl: `${publicUrl}/o/${slug}`,
    shareImage: cardImage(`/o/${slug}`, await organizerCard({ slug, name }, lang.language), lang.language, publicUrl),
    body: html`<div class="wrap"><header class="hero"><p class="overline">${words.organizer}</p><h1>${name}</h1></header>
<section aria-labelledby="listing"><h2 id="listing" class="overline">${words.coming}</h2>
${listing.data.length === 0 ? html`<p class="muted">${words.noneNow}</p>` : cards(listing, lang)}</section>
<nav class="pager">${next === null ? '' : html`<a class="button" href="${linkTo(`/o/${slug}?cursor=${encodeURIComponent(next)}`, lang)}" rel="next">${words.more}</a>`}</nav>
${contactLine(organizer, lang)}${legalLinks(organizer, { slug: eventSlug }, lang)}</div>`,
  });
}

function noEvents(lang: ChosenLanguage): Html {
  const words = homeWords[lang.language];
  return html`<div class="empty"><p><strong>${words.none}</strong></p><p>${words.noneHint}</p></div>`;
}

/** Cards of the first row are in view when the page opens. */
const firstCards = 3;
const cardSizes = '(min-width: 1000px) 360px, (min-width: 680px) 45vw, 100vw';

function cards({ data }: Listing, lang: ChosenLanguage): Html {
  return html`<ul class="cards">${data.map((event, index) => card(eventIn(lang.language, event), lang, index < firstCards))}</ul>`;
}

function card(event: ListedEvent, lang: ChosenLanguage, isFirst: boolean): Html {
  const { language } = lang;
  const words = homeWords[language];
  const { startsAt, timeZone } = event;
  const isDated = !hasNoDate(event);
  const when = `${formatDate(startsAt, timeZone, language, 'medium')}, ${formatClockIn(startsAt, timeZone, language)}`;
  return html`<li class="card"><a href="${linkTo(`/events/${event.slug}`, lang)}">
<span class="card-art">${eventPicture(event, cardSizes, isFirst)}${isDated ? html`<span class="date-leaf" aria-hidden="true"><b>${formatDate(startsAt, timeZone, language, 'day')}</b>${formatDate(startsAt, timeZone, language, 'month')}</span>` : ''}
${event.status === 'cancelled' ? html`<span class="chip chip-bad card-chip">${words.cancelled}</span>` : ''}</span>
<span class="card-text"><strong class="card-title">${event.name}</strong>
<span class="card-line">${isDated ? when : noDate[language]}</span>
<span class="card-line">${event.venue}, ${event.city}</span>
<span class="card-line">${kindText(event.category, language)}</span>
<span class="card-price">${priceOf(event, lang)}</span></span></a></li>`;
}

function priceOf({ priceFrom }: ListedEvent, { language }: ChosenLanguage): string {
  const words = homeWords[language];
  if (priceFrom === null) return '';
  return priceFrom.amount === 0 ? words.free : words.from(formatMoney(priceFrom, language));
}
