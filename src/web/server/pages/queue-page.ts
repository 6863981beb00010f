import { eventIn } from '../../../catalog/index.ts';
import { html } from 'hono/html';
import { noDate } from '../../../platform/text/no-date.ts';
import { calendarLink, hasNoDate } from '../parts/event-facts.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { formatClockIn, formatDate, formatSpan } from '../../../platform/text/format-time.ts';
import { linkTo } from '../../i18n/language.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import type { PublicEvent, QueueTimes } from '../public-documents.ts';
import { joinWords } from '../../i18n/words/queue/queue-join.ts';
import { lapsedWords } from '../../i18n/words/queue/queue-lapsed.ts';
import { queueWords } from '../../i18n/words/queue/queue.ts';
import { verifyWords } from '../../i18n/words/queue/queue-verify.ts';
import { field } from '../parts/field.ts';
import { eventShareImage } from '../parts/share-image.ts';
import { phoneField } from '../parts/phone-field.ts';
import { formMessage } from '../parts/form-parts.ts';

/**
 * The waiting room of an event. The page is the same for everybody and changes only with the event and the room's times.
 * Only the script knows the line's progress and the buyer's place.
 */
export async function queuePage(
  context: PageContext,
  given: PublicEvent,
  times: QueueTimes,
  publicUrl: string,
): Promise<string> {
  const { lang } = context;
  const words = queueWords[lang.language];
  const event = eventIn(lang.language, given);
  const { slug, timeZone, startsAt, endsAt } = event;
  const day = formatDate(startsAt, timeZone, lang.language, 'medium');
  const span = formatSpan(startsAt, endsAt, timeZone, lang.language);
  const isOneDay = day === formatDate(endsAt, timeZone, lang.language, 'medium');
  const when = hasNoDate(event) ? noDate[lang.language] : isOneDay ? `${day}, ${span}` : span;
  return layout(context, {
    title: `${words.title} · ${event.name}`,
    description: words.intro,
    shareImage: await eventShareImage(event, lang.language, publicUrl),
    script: 'queue.ts',
    className: 'page-queue',
    body: html`<div class="wrap narrow queue" data-slug="${slug}" data-time-zone="${timeZone}" data-name="${event.name}">
<p class="visually-hidden" id="live" role="status" aria-live="polite"></p>
<header class="queue-head"><p class="overline">${words.title}</p><h1>${event.name}</h1>
<p class="muted">${when}<br>${event.venue}, ${event.city}</p></header>
<p class="notice notice-warn notice-afloat" id="away" role="status" hidden></p>
${stagePanel(context)}${joinPanel(context, event.country)}
<section class="queue-times" aria-labelledby="times-title"><h2 id="times-title">${words.times}</h2>
<ol class="steps">${step('preQueue', times.preQueueOpensAt)}${step('freeze', times.freezesAt)}${step('open', times.opensAt)}</ol>
${times.phase === 'closed' || times.phase === 'pre_queue' ? html`<p><a class="block-link" href="${calendarLink(event, 'sale', lang.language)}">${eventWords[lang.language].remindOfSale}</a></p>` : ''}</section>
<details class="panel"><summary>${words.how}</summary><ul class="bullets">${words.howPoints.map((point) => html`<li>${point}</li>`)}</ul></details>
${verifyPanel(context)}
<p><a class="button button-quiet" href="${linkTo(`/events/${slug}`, lang)}">${words.toEvent}</a></p></div>`,
  });

  function step(name: 'preQueue' | 'freeze' | 'open', time: string): Html {
    const day = formatDate(time, timeZone, lang.language, 'medium');
    const clock = formatClockIn(time, timeZone, lang.language);
    return html`<li data-step="${name}"><time datetime="${time}">${day}, ${clock}</time>
<div><strong>${words.steps[name]}</strong><p>${words.stepText[name]}</p></div></li>`;
  }
}

/** The buyer's status in one sentence, with the numbers below and at most one action. */
function stagePanel({ lang: { language } }: PageContext): Html {
  const words = queueWords[language];
  return html`<section class="panel standing" id="stage" aria-labelledby="stage-title" aria-busy="true" data-kind="loading">
<h2 id="stage-title" tabindex="-1">${words.loading}</h2><p id="stage-text"></p>
<p class="notice notice-warn" id="stage-note" hidden></p>
<p class="countdown-line" id="count-line" hidden><span id="count-label"></span> <strong id="count" role="timer"></strong></p>
<div id="line" hidden><dl class="numbers"><div><dt>${words.number}</dt><dd id="number"></dd></div>
<div><dt>${words.ahead}</dt><dd id="ahead"></dd></div><div><dt>${words.estimate}</dt><dd id="estimate"></dd></div></dl>
<progress id="progress" max="1" value="0" aria-label="${words.progressLabel}"></progress>
<p class="muted small" id="pace"></p></div>
<p class="stock-line" id="stock-line" hidden>${words.stock}: <span class="band" id="stock"></span></p>
<p class="standing-act"><a class="button button-main wide" id="go" href="/" hidden></a><button type="button" class="button button-main wide" id="rejoin" hidden>${lapsedWords[language].rejoin}</button></p>
<p id="other-line" hidden><button type="button" class="link-button" id="other-address">${words.otherAddress}</button></p></section>`;
}

/** The address, its code, and the challenge, one after another in the same place. */
function joinPanel({ lang: { language } }: PageContext, country: string): Html {
  const words = joinWords[language];
  const way = (value: 'email' | 'phone', label: string, isChecked: boolean) =>
    html`<label><input type="radio" name="way" value="${value}"${isChecked ? html` checked` : ''}>${label}</label>`;
  return html`<div class="panel" id="join" hidden><p class="notice notice-warn" id="not-kept" hidden>${words.notKept}</p>
<form id="address-form" method="post" novalidate hidden><fieldset class="choice-row"><legend>${words.way}</legend>${way('email', words.byEmail, true)}${way('phone', words.byPhone, false)}</fieldset>
<div id="by-email">${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'email', maxlength: 254, hint: words.emailHint, inputmode: 'email' })}</div>
<div id="by-phone" hidden>${phoneField({ label: words.phone, hint: words.phoneHint, country, language })}</div>
<button class="button button-main wide" id="send-code">${words.send}</button></form>
<form id="code-form" method="post" novalidate hidden><p id="sent-to"></p>
${field({ name: 'otp', label: words.code, autocomplete: 'one-time-code', maxlength: 7, hint: words.codeHint, inputmode: 'numeric' })}
<button class="button button-main wide" id="confirm">${words.confirm}</button>
<p class="small-acts"><button type="button" class="link-button" id="send-again">${words.again}</button><button type="button" class="link-button" id="change-address">${words.other}</button></p></form>
<div id="joining" hidden><p class="waiting">${words.joining}</p><div id="work" hidden><p class="muted small">${words.working}</p><progress id="work-done" max="1" value="0" aria-label="${words.workingLabel}"></progress></div></div>
${formMessage()}</div>`;
}

function verifyPanel({ lang }: PageContext): Html {
  const words = verifyWords[lang.language];
  return html`<section class="panel verify" aria-labelledby="verify-title"><h2 id="verify-title">${words.title}</h2><p>${words.lead}</p>
<button type="button" class="button button-quiet" id="verify" disabled>${words.start}</button>
<div id="verdict" role="status"></div><ol class="checks" id="checks"></ol>
<details><summary>${words.why}</summary><ul class="bullets">${words.points.map((point) => html`<li>${point}</li>`)}</ul>
<p class="muted small">${words.more} <a href="/docs">${words.docs}</a>.</p></details></section>`;
}
