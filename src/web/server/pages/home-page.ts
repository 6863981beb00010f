import { html } from 'hono/html';
import { formatMoney } from '../../../platform/text/format-money.ts';
import { formatClockIn, formatDate } from '../../../platform/text/format-time.ts';
import { type ChosenLanguage, linkTo } from '../../i18n/language.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import { poster } from '../poster.ts';
import type { ListedEvent, Listing } from '../public-documents.ts';
import { homeWords } from '../../i18n/words/home.ts';

export type Search = {
  readonly q?: string;
  readonly city?: string;
  readonly category?: string;
  readonly cursor?: string;
};

/** The published events, with a search that works without script. */
export function homePage(context: PageContext, listing: Listing, search: Search): Promise<string> {
  const { lang } = context;
  const words = homeWords[lang.language];
  const isSearch = search.q !== undefined || search.city !== undefined || search.category !== undefined;
  const otherLanguage: ChosenLanguage = { language: lang.language === 'id' ? 'en' : 'id', isAsked: true };
  return layout(context, {
    title: words.title,
    description: words.lead,
    className: 'page-home',
    otherLanguageLink: linkTo(homePath(search), otherLanguage),
    body: html`<div class="wrap">
<header class="hero"><h1>${words.heading}</h1><p>${words.lead}</p></header>
${searchForm(lang, search)}
<section aria-labelledby="listing"><h2 id="listing" class="overline">${isSearch ? words.results : words.coming}</h2>
${listing.data.length === 0 ? noEvents(lang) : html`<ul class="cards">${listing.data.map((event) => card(event, lang))}</ul>`}
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

function searchForm(lang: ChosenLanguage, search: Search): Html {
  const words = homeWords[lang.language];
  return html`<form class="search" action="/" method="get" role="search">
<label><span>${words.search}</span><input type="search" name="q" value="${search.q ?? ''}" placeholder="${words.searchHint}" maxlength="100" enterkeyhint="search"></label>
<label><span>${words.city}</span><input name="city" value="${search.city ?? ''}" placeholder="${words.cityHint}" maxlength="120" autocomplete="address-level2"></label>
${lang.isAsked ? html`<input type="hidden" name="lang" value="${lang.language}">` : ''}
<button class="button">${words.find}</button></form>`;
}

function noEvents(lang: ChosenLanguage): Html {
  const words = homeWords[lang.language];
  return html`<div class="empty"><p><strong>${words.none}</strong></p><p>${words.noneHint}</p></div>`;
}

function card(event: ListedEvent, lang: ChosenLanguage): Html {
  const { language } = lang;
  const words = homeWords[language];
  const { startsAt, timeZone } = event;
  return html`<li class="card"><a href="${linkTo(`/events/${event.slug}`, lang)}">
<span class="card-art">${poster(event.slug, 'poster')}<span class="date-leaf" aria-hidden="true"><b>${formatDate(startsAt, timeZone, language, 'day')}</b>${formatDate(startsAt, timeZone, language, 'month')}</span>
${event.status === 'cancelled' ? html`<span class="chip chip-bad card-chip">${words.cancelled}</span>` : ''}</span>
<span class="card-text"><strong class="card-title">${event.name}</strong>
<span class="card-line">${formatDate(startsAt, timeZone, language, 'medium')}, ${formatClockIn(startsAt, timeZone, language)}</span>
<span class="card-line">${event.venue}, ${event.city}</span>
<span class="card-price">${priceOf(event, lang)}</span></span></a></li>`;
}

function priceOf({ priceFrom }: ListedEvent, { language }: ChosenLanguage): string {
  const words = homeWords[language];
  if (priceFrom === null) return '';
  return priceFrom.amount === 0 ? words.free : words.from(formatMoney(priceFrom, language));
}
