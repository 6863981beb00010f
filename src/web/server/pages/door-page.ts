import { html } from 'hono/html';
import { linkTo, otherThan } from '../../i18n/language.ts';
import { decoderUrl } from '../files/app-files.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import { doorOfflineWords } from '../../i18n/words/door/door-offline.ts';
import { doorWords } from '../../i18n/words/door/door.ts';
import { formMessage } from '../parts/form-parts.ts';
import { field } from '../parts/field.ts';

/** The scanner: sign in, choose the event, scan. It can be installed, and continues without a network. */
export function doorPage(context: PageContext): Promise<string> {
  const words = doorWords[context.lang.language];
  return layout(context, {
    title: words.title,
    script: 'door.ts',
    className: 'page-door',
    isBare: true,
    manifest: '/door/manifest.webmanifest',
    body: html`${signIn(context)}${choice(context)}${scanner(context)}`,
  });
}

function signIn({ lang }: PageContext): Html {
  const words = doorWords[lang.language];
  const other = otherThan(lang.language);
  return html`<section id="sign-in" class="wrap form-wrap" hidden><p class="door-language"><a href="?lang=${other}" lang="${other}" hreflang="${other}">${other === 'id' ? 'Bahasa Indonesia' : 'English'}</a></p><h1 tabindex="-1">${words.title}</h1><p class="lead">${words.signInLead}</p>
<form id="form" method="post" novalidate>${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'username', maxlength: 254, inputmode: 'email' })}
${field({ name: 'password', label: words.password, type: 'password', autocomplete: 'current-password', maxlength: 200 })}
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.signIn}</button>
<p class="center"><a href="${linkTo('/desk/password-reset', lang)}">${words.forgot}</a></p></form>
<details class="promo"><summary>${words.device}</summary><form id="device-form" method="post" novalidate>
${field({ name: 'deviceToken', label: words.deviceToken, type: 'password', autocomplete: 'off', maxlength: 200, hint: words.deviceHint })}
${formMessage('device-message')}<button class="button wide" id="device-submit" disabled>${words.useDevice}</button></form></details></section>`;
}

function choice({ lang: { language } }: PageContext): Html {
  const words = doorWords[language];
  const more = doorOfflineWords[language];
  return html`<section id="choice" class="wrap form-wrap" hidden><p class="door-bar"><span id="actor" class="muted"></span><button type="button" class="link-button" data-act="sign-out">${words.signOut}</button></p>
<h1 tabindex="-1" id="choice-title">${words.choose}</h1><p id="no-events" class="notice" hidden>${words.noEvents}</p>
<form id="choice-form" method="post" novalidate>
<div class="field"><label for="event">${words.event}</label><select id="event"></select></div>
<div class="field"><label for="gate">${words.gate}</label><select id="gate"><option value="">${words.anyGate}</option></select></div>
<fieldset class="choice-row"><legend>${words.direction}</legend><label><input type="radio" name="direction" value="entry" checked> ${words.entry}</label><label><input type="radio" name="direction" value="exit"> ${words.exit}</label></fieldset>
<p class="notice notice-warn" id="choice-unsent" role="status" hidden></p>
<p class="form-message" id="choice-message" role="alert" hidden></p>
<button class="button button-main wide" id="choice-submit" disabled>${words.start}</button></form>
<p class="center"><button type="button" class="link-button" id="install" hidden>${more.install}</button></p><p class="muted small" id="install-by-hand" hidden>${more.installByHand}</p></section>`;
}

function history({ lang: { language } }: PageContext): Html {
  const more = doorOfflineWords[language];
  return html`<section class="door-panel" id="history" aria-labelledby="history-title" hidden><div class="door-bar"><h2 id="history-title" tabindex="-1">${more.history}</h2><button type="button" class="link-button" data-act="close-panel">${more.close}</button></div>
<p id="history-none" class="muted" hidden>${more.historyNone}</p><ol class="door-list" id="history-list"></ol></section>`;
}

function search({ lang: { language } }: PageContext): Html {
  const more = doorOfflineWords[language];
  return html`<section class="door-panel" id="search" aria-label="${more.search}" hidden><div class="door-bar"><h2>${more.search}</h2><button type="button" class="link-button" data-act="close-panel">${more.close}</button></div>
<form id="search-form" method="post" novalidate class="code-form"><label for="search-text" class="visually-hidden">${more.searchLabel}</label><input id="search-text" autocomplete="off" spellcheck="false" maxlength="100" placeholder="${more.searchLabel}" enterkeyhint="search"><button class="button">${more.find}</button></form>
<p class="muted small" id="search-count" role="status"></p><ul class="door-list" id="search-list"></ul></section>`;
}

function scanner(context: PageContext): Html {
  const words = doorWords[context.lang.language];
  const more = doorOfflineWords[context.lang.language];
  return html`<section id="scanner" class="scanner" hidden>
<header class="door-bar"><div><h1 id="scan-event" tabindex="-1"></h1><span class="muted small" id="scan-gate"></span><button type="button" class="link-button small" data-act="change">${words.change}</button></div>
<fieldset class="door-turn"><legend class="visually-hidden">${words.direction}</legend><label><input type="radio" name="scan-direction" value="entry" checked><span>${words.entry}</span></label><label><input type="radio" name="scan-direction" value="exit"><span>${words.exit}</span></label></fieldset></header>
<p class="sync-state" role="status"><span id="list-age">${more.listNone}</span><span id="unsent">${more.unsent(0)}</span><button type="button" class="link-button" id="conflicts" hidden></button><span id="storage-risk" hidden>${more.storageRisk}</span></p>
<div class="stage"><video id="video" playsinline muted hidden data-decoder="${decoderUrl(context.assets)}"></video><canvas id="frame" hidden></canvas>
<div id="answer" class="answer answer-idle" role="status" aria-live="assertive" aria-atomic="true"><svg id="answer-icon" viewBox="0 0 48 48" aria-hidden="true"><path id="answer-path" d="" fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>
<p class="answer-title" id="answer-title">${words.ready}</p><p class="answer-text" id="answer-text">${words.readyHint}</p><p class="answer-guest" id="answer-guest"></p><p class="answer-more" id="answer-more"></p><p class="answer-note" id="answer-note"></p><p class="answer-offline" id="answer-offline" hidden>${more.decidedHere}</p></div>
<div class="decide" id="decide" hidden><button type="button" class="button button-quiet" id="decide-no">${more.turnAway}</button><button type="button" class="button" id="decide-yes">${more.letIn}</button></div>
${history(context)}${search(context)}</div>
<div class="door-foot"><p class="counters"><span><strong id="count-inside">–</strong> ${words.inside}</span><span><strong id="count-admitted">–</strong> <span id="count-tickets"></span> ${words.admitted}</span><span><strong id="count-here">0</strong> ${words.here}</span></p><p class="muted small" id="count-gates"></p><p class="muted small" id="count-zones"></p>
<div class="door-acts"><button type="button" class="button" id="camera" hidden>${words.camera}</button><button type="button" class="button button-quiet" id="torch" aria-pressed="false" hidden>${more.torch}</button><button type="button" class="button button-quiet" id="search-open">${more.search}</button><button type="button" class="button button-quiet" id="history-open">${more.history}</button></div><p class="notice notice-warn" id="camera-message" role="status" hidden></p>
<form id="code-form" method="post" novalidate class="code-form"><label for="code" class="visually-hidden">${words.typeCode}</label><input id="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="1000" placeholder="${words.typeCode}" enterkeyhint="go"><button class="button" id="code-submit">${words.check}</button></form></div></section>`;
}
