import { html } from 'hono/html';
import { linkTo } from '../../i18n/language.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import { orderWords } from '../../i18n/words/order/order.ts';
import { orderPageWords } from '../../i18n/words/order/order-page.ts';
import { walletWords } from '../../i18n/words/order/wallet.ts';
import { transferWords } from '../../i18n/words/order/transfer.ts';
import { transferForm } from '../parts/transfer-form.ts';
import { paymentMethodWords } from '../../i18n/words/order/payment-methods.ts';
import { orderDetailsWords } from '../../i18n/words/order/order-details.ts';

/**
 * One page for all orders. The fragment of the mailed link or the cookie of an earlier visit opens the order. Only the
 * script sees the fragment, and only the API returns the order.
 */
export function orderPage(context: PageContext): Promise<string> {
  const { lang } = context;
  const words = orderPageWords[lang.language];
  return layout(context, {
    title: orderWords[lang.language].title,
    script: 'order.ts',
    className: 'page-order',
    body: html`<div class="wrap narrow">
<p class="visually-hidden" id="live" role="status" aria-live="polite"></p>
<p class="notice notice-warn notice-afloat" id="offline" hidden>${words.offline}</p>
<section id="loading" class="loading" aria-busy="true"><p>${words.loading}</p><div class="bone bone-title"></div><div class="bone"></div><div class="bone bone-tall"></div></section>
<section id="missing" class="message" hidden><h1>${words.missingTitle}</h1><p>${words.missingText}</p><p id="blocked" hidden>${words.blocked}</p>
<p><a class="button" href="${linkTo('/find-order', lang)}">${words.findOrder}</a></p></section>
<article id="order" hidden>
<header class="order-head"><p><span class="chip" id="status"></span></p><h1 id="event-name" tabindex="-1"></h1><p class="muted" id="event-facts"></p>
<p class="order-code">${words.code} <strong id="code" class="mono"></strong></p></header>
<p class="notice" id="event-state" role="status" hidden></p><div class="notice" id="notice" role="status" hidden></div>
${paySection(context)}${ticketSection(context)}${detailsSection(context)}${transferSection(context)}${summarySection(context)}
<p id="back" hidden><a class="button button-quiet" id="back-link" href="/">${words.buyAgain}</a></p>
<p id="cancel-line" hidden><button type="button" class="link-button danger" id="cancel">${words.cancel}</button></p>
</article>${cancelDialog(context)}</div>`,
  });
}

function paySection({ lang: { language } }: PageContext): Html {
  const words = orderPageWords[language];
  const ways = paymentMethodWords[language];
  return html`<section id="pay" class="panel pay" aria-labelledby="pay-title" hidden>
<div class="pay-top"><h2 id="pay-title" tabindex="-1">${words.payTitle}</h2><p class="countdown" id="pay-deadline" hidden><span>${words.timeLeft}</span><strong id="countdown" role="timer"></strong><span class="small" id="pay-by"></span></p></div>
<p class="pay-total" id="pay-total"></p>
<p id="preparing" class="waiting" hidden>${words.preparing}</p>
<div id="payable" hidden><a class="button button-main wide" id="pay-link" rel="noreferrer">${words.pay}</a><p class="muted small">${words.payHint}</p></div>
<div id="virtual-account" hidden><p class="muted small" id="va-label"></p><p class="copy-line"><strong class="mono" id="va-number"></strong><button type="button" class="button button-quiet" id="copy">${orderWords[language].copy}</button></p>
<p class="muted small" id="biller" hidden>${ways.billerCode} <strong class="mono" id="biller-code"></strong></p>
<h3 class="overline">${ways.howTo}</h3><ol class="pay-steps" id="va-steps"></ol></div>
<div id="qris" hidden><p class="muted small">${words.qris}</p><canvas id="qris-code" class="qr" width="240" height="240"></canvas>
<p class="center"><a class="button button-quiet" id="qris-save" download="qris.png">${words.qrisSave}</a></p></div>
<p id="pay-message" class="notice" role="status" hidden></p>
<button type="button" class="button wide" id="pay-again" hidden>${words.tryAgain}</button>
<div id="methods" role="group" aria-labelledby="methods-title" hidden><h3 class="overline" id="methods-title"></h3><ul class="method-list" id="method-list"></ul></div></section>`;
}

function ticketSection({ lang: { language } }: PageContext): Html {
  const words = orderPageWords[language];
  return html`<section id="tickets" hidden><h2>${words.tickets}</h2><p class="muted" id="show-at-door">${words.showAtDoor}</p><p id="all-given" hidden>${words.allGiven}</p>
<ul class="ticket-list" id="ticket-list"></ul><p class="muted small" id="wallet-note" hidden>${walletWords[language].note}</p>
<p class="ticket-links" id="ticket-links"><a class="button" id="pdf" download="tickets.pdf">${words.pdf}</a><a class="button button-quiet" id="calendar" download="event.ics">${words.calendar}</a></p>
<p class="notice notice-bad" id="file-failed" role="alert" hidden>${transferWords[language].fileFailed}</p>
<p class="muted small" id="kept" hidden>${words.kept} <button type="button" class="link-button" id="forget">${words.forget}</button></p></section>`;
}

function detailsSection({ lang: { language } }: PageContext): Html {
  const words = orderDetailsWords[language];
  return html`<section id="details" class="panel" aria-labelledby="details-title" hidden><h2 id="details-title">${words.title}</h2>
<p class="muted" id="details-until"></p><p class="notice notice-warn" id="details-missing" hidden>${words.missing}</p>
<form id="details-form" method="post" novalidate><div id="details-fields"></div>
<div id="details-message" class="form-message" role="status" hidden></div>
<button class="button button-main" id="details-save">${words.save}</button></form></section>`;
}

function transferSection({ lang: { language } }: PageContext): Html {
  const words = transferWords[language];
  const choice = html`<div class="field"><label for="transfer-ticket">${words.which}</label><select id="transfer-ticket"></select></div>`;
  return html`<section id="transfers" class="panel" aria-labelledby="transfers-title" hidden><details><summary><h2 id="transfers-title">${words.title}</h2></summary>
${transferForm(language, choice)}<div id="given" hidden><h3>${words.givenTo}</h3><ul id="given-list"></ul></div></details></section>`;
}

function summarySection({ lang: { language } }: PageContext): Html {
  const words = orderPageWords[language];
  return html`<section class="panel"><h2>${words.summary}</h2>
<table class="lines"><tbody id="lines"></tbody><tfoot id="totals"></tfoot></table></section>
<section class="buyer-facts"><h2 class="overline">${words.buyer}</h2><p id="buyer-name"></p><p class="muted small"><span id="sent-to">${words.sentTo} </span><span id="buyer-contact"></span></p>
<p class="muted small contact" id="seller" hidden></p></section>`;
}

function cancelDialog({ lang: { language } }: PageContext): Html {
  const words = orderPageWords[language];
  return html`<dialog id="cancel-dialog" aria-labelledby="cancel-title"><h2 id="cancel-title">${orderWords[language].cancelTitle}</h2>
<p id="cancel-text"></p><p class="notice notice-bad" id="cancel-error" role="alert" hidden></p>
<div class="dialog-buttons"><button type="button" class="button button-quiet" id="cancel-no">${words.cancelNo}</button><button type="button" class="button button-danger" id="cancel-yes">${words.cancelYes}</button></div></dialog>`;
}
