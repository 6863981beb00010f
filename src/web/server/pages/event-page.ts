import { html } from 'hono/html';
import { formatClock, formatClockIn, formatDate, formatSpan, zoneLabel } from '../../../platform/text/format-time.ts';
import { noDate } from '../../../platform/text/no-date.ts';
import { categoryIn, scheduleItemIn, wholeEventIn } from '../../../catalog/index.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import { eventPicture } from '../parts/event-picture.ts';
import type { EventFacts, PublicEvent, Schedule } from '../public-documents.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { type SaleStage, saleStageOf } from '../../sale-stage.ts';
import { linkTo } from '../../i18n/language.ts';
import { kindText } from '../../i18n/words/kinds.ts';
import { calendarLink, eventJsonLd, hasNoDate, hrefIn, mapLink } from '../parts/event-facts.ts';
import { eventShareImage } from '../parts/share-image.ts';
import { paragraphs } from '../parts/paragraphs.ts';
import { checkout } from './checkout.ts';
import { contactLine, legalLinks } from './legal-page.ts';

/** An event with all facts, and the order form. Readable without script. */
export async function eventPage(context: PageContext, given: EventFacts, publicUrl: string): Promise<string> {
  const facts = factsIn(context, given);
  const { event } = facts;
  const pageUrl = `${publicUrl}/events/${event.slug}`;
  const shareImage = await eventShareImage(event, context.lang.language, publicUrl);
  return layout(context, {
    title: event.name,
    description: event.summary,
    pageUrl,
    shareImage,
    head: html`<meta property="og:type" content="event">${eventJsonLd(facts, { pageUrl, cardUrl: shareImage.url, publicUrl })}`,
    script: 'event.ts',
    className: 'page-event',
    body: article(context, facts),
  });
}

/** The preview of an event's page for its organiser's staff. It has no script, so nothing can be ordered. */
export function eventPreviewPage(context: PageContext, given: EventFacts): Promise<string> {
  const facts = factsIn(context, given);
  const words = eventWords[context.lang.language];
  return layout(context, {
    title: facts.event.name,
    description: facts.event.summary,
    className: 'page-event',
    body: html`<div class="wrap"><p class="notice notice-warn preview">${words.preview}${given.isPublic ? '' : html` ${words.previewLinks}`}</p></div>${article(context, facts)}`,
  });
}

/** The facts with their texts in the language of the page. */
function factsIn({ lang: { language } }: PageContext, given: EventFacts): EventFacts {
  return {
    ...given,
    event: wholeEventIn(language, given.event),
    categories: given.categories.map((category) => categoryIn(language, category)),
    schedule: given.schedule.map((item) => scheduleItemIn(language, item)),
  };
}

function article(context: PageContext, facts: EventFacts): Html {
  const { event, schedule } = facts;
  const words = eventWords[context.lang.language];
  const stage = stageOf(facts);
  return html`<article class="event" data-stage="${stage}" data-slug="${event.slug}" data-time-zone="${event.timeZone}">
<header class="event-head"><div class="event-art${event.picture === null ? '' : ' has-picture'}">${eventPicture(event, '(min-width: 870px) 870px, 100vw', true)}</div>
<div class="wrap"><p class="overline">${kindText(event.category, context.lang.language)} · ${event.city}</p><h1>${event.name}</h1>
${stage === 'off' ? '' : html`<p class="sale-line" id="sale-line">${words.stageTitle[stage]}</p>`}
${event.summary === '' ? '' : html`<p class="lead">${event.summary}</p>`}
${event.status === 'cancelled' ? html`<div class="notice notice-bad" role="status"><strong>${words.cancelled}.</strong> ${words.cancelledText}</div>` : ''}
${hasNoDate(event) ? html`<div class="notice notice-warn" role="status"><strong>${words.postponed}.</strong> ${words.postponedText}</div>` : ''}
</div></header>
<div class="wrap event-columns">
<div class="event-about">${factList(context, facts)}
${event.description === '' ? '' : html`<section><h2>${words.about}</h2>${paragraphs(event.description)}</section>`}
${schedule.length === 0 ? '' : scheduleSection(context, event, schedule)}
${contactLine(facts.organizer, context.lang)}${legalLinks(facts.organizer, { slug: event.slug, isPublic: facts.isPublic }, context.lang)}
</div>
${checkout(context, facts)}
</div></article>`;
}

/** `off`: cancelled, stopped by the organiser, or without tickets so far. The page says so elsewhere. */
function stageOf({ event, categories, availability }: EventFacts): SaleStage | 'off' {
  if (event.status === 'cancelled' || event.sales === 'closed' || categories.length === 0) return 'off';
  const bands = new Map(availability.map(({ ticketCategoryId, band }) => [ticketCategoryId, band]));
  return saleStageOf(categories.map(({ id, saleState }) => ({ saleState, band: bands.get(id) ?? 'none' })));
}

function factList({ lang }: PageContext, facts: EventFacts): Html {
  const { language } = lang;
  const { event } = facts;
  const words = eventWords[language];
  const { startsAt, endsAt, timeZone, doorsOpenAt } = event;
  const day = formatDate(startsAt, timeZone, language, 'full');
  const isOneDay = day === formatDate(endsAt, timeZone, language, 'full');
  const span = formatSpan(startsAt, endsAt, timeZone, language);
  const doorsDay = formatDate(doorsOpenAt, timeZone, language, 'full');
  const doors = formatClockIn(doorsOpenAt, timeZone, language);
  const isOff = event.status === 'cancelled' || event.isPostponed;
  const when = isOneDay ? html`<strong>${day}</strong><br>${span}` : html`<strong>${span}</strong>`;
  return html`<dl class="facts">
<div><dt>${words.when}</dt><dd>${hasNoDate(event) ? html`<strong>${noDate[language]}</strong>` : when}${isOff ? '' : html`<br><a ${hrefIn(facts, calendarLink(event, 'event', language))}>${words.calendar}</a>`}</dd></div>
${hasNoDate(event) ? '' : html`<div><dt>${words.doors}</dt><dd>${doorsDay === day ? doors : `${doorsDay}, ${doors}`}</dd></div>`}
<div><dt>${words.where}</dt><dd><strong>${event.venue}</strong><br>${event.address === '' ? event.city : event.address}<br><a href="${mapLink(event)}" rel="noreferrer noopener" target="_blank">${words.map}</a></dd></div>
<div><dt>${words.by}</dt><dd><a ${hrefIn(facts, linkTo(`/o/${event.organizer.slug}`, lang))}>${event.organizer.name}</a></dd></div></dl>`;
}

function scheduleSection({ lang: { language } }: PageContext, { timeZone }: PublicEvent, schedule: Schedule): Html {
  const words = eventWords[language];
  const days = new Map<string, Schedule>();
  for (const item of schedule) {
    const day = formatDate(item.startsAt, timeZone, language, 'weekday');
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  // The facts name the zone. If the clocks change during the event, each time names its zone.
  const zones = new Set(schedule.map((item) => zoneLabel(item.startsAt, timeZone)));
  const clock = zones.size > 1 ? formatClockIn : formatClock;
  const row = (
    item: Schedule[number],
  ) => html`<li><time datetime="${item.startsAt}">${clock(item.startsAt, timeZone, language)}</time>
<div><strong>${item.title}</strong>${item.stage === '' ? '' : html`<span class="muted">${item.stage}</span>`}${item.description === '' ? '' : html`<p>${item.description}</p>`}</div></li>`;
  return html`<section><h2>${words.schedule}</h2>
${[...days].map(([day, items]) => html`<h3 class="overline">${day}</h3><ol class="schedule">${items.map(row)}</ol>`)}</section>`;
}
