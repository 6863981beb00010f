import { html } from 'hono/html';
import { orderPageWords } from '../../i18n/words/order/order-page.ts';
import { walletWords } from '../../i18n/words/order/wallet.ts';
import { transferWords } from '../../i18n/words/order/transfer.ts';
import { type PageContext, layout } from '../layout.ts';
import { transferForm } from '../parts/transfer-form.ts';

/** One page for all tickets that were given to somebody. Only the script sees the secret in the fragment of the mailed link. */
export function ticketPage(context: PageContext): Promise<string> {
  const { language } = context.lang;
  const words = transferWords[language];
  const page = orderPageWords[language];
  return layout(context, {
    title: words.pageTitle,
    script: 'ticket.ts',
    className: 'page-order',
    body: html`<div class="wrap narrow">
<section id="loading" class="loading" aria-busy="true"><p>${words.loading}</p><div class="bone bone-title"></div><div class="bone bone-tall"></div></section>
<p class="notice notice-warn notice-afloat" id="offline" role="status" hidden>${page.offline}</p>
<section id="missing" class="message" hidden><h1>${words.missingTitle}</h1><p>${words.missingText}</p></section>
<section id="done" class="message" tabindex="-1" hidden><h1>${words.doneTitle}</h1><p>${words.doneText}</p></section>
<article id="ticket" hidden><header class="order-head"><h1 id="event-name" tabindex="-1"></h1><p class="muted" id="event-facts"></p></header>
<p class="notice notice-warn" id="postponed" hidden>${words.postponed}</p><p class="notice notice-bad" id="invalid" role="status" hidden>${words.invalid}</p>
<section id="valid" hidden><p class="muted">${words.showAtDoor}</p>
<ul class="ticket-list"><li class="ticket"><p class="ticket-top"><strong id="category"></strong></p>
<canvas id="qr" class="qr" role="img" aria-label="${words.qr}" width="250" height="250"></canvas>
<p class="ticket-holder" id="holder"></p><p class="mono" id="short-code"></p><div id="wallets"></div></li></ul><p class="muted small" id="wallet-note" hidden>${walletWords[language].note}</p>
<p class="ticket-links"><button class="button" type="button" id="pdf">${words.pdf}</button><button class="button button-quiet" type="button" id="calendar">${words.calendar}</button></p>
<p class="notice notice-bad" id="file-failed" role="alert" hidden>${words.fileFailed}</p>
<p class="muted small" id="kept" hidden>${page.kept} <button type="button" class="link-button" id="forget">${page.forget}</button></p></section>
<section id="transfer" class="panel" aria-labelledby="transfer-title" hidden><h2 id="transfer-title">${words.title}</h2>${transferForm(language)}</section>
</article></div>`,
  });
}
