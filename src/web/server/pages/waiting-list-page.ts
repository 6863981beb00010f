import { html } from 'hono/html';
import { waitingListWords } from '../../i18n/words/waiting-list.ts';
import { type PageContext, layout } from '../layout.ts';

/** One page for all places in waiting lists. Only the script sees the secret in the fragment of the mailed link. */
export function waitingListPage(context: PageContext): Promise<string> {
  const words = waitingListWords[context.lang.language];
  return layout(context, {
    title: words.title,
    script: 'waiting-list.ts',
    className: 'page-form',
    body: html`<div class="wrap form-wrap"><section id="loading" class="loading" aria-busy="true"><p>${words.loading}</p></section>
<section id="missing" class="message" tabindex="-1" hidden><h1>${words.missingTitle}</h1><p>${words.missingText}</p></section>
<section id="left" class="message" tabindex="-1" hidden><h1>${words.leftTitle}</h1><p>${words.leftText}</p></section>
<article id="entry" hidden><h1>${words.title}</h1><p class="lead" id="event-name"></p><p id="tickets"></p><p class="notice" id="state" role="status" tabindex="-1"></p>
<div id="message" class="form-message" role="alert" hidden></div>
<button type="button" class="button button-main wide" id="confirm" hidden>${words.confirm}</button>
<p class="center"><button type="button" class="link-button danger" id="leave" hidden>${words.leave}</button></p></article></div>`,
  });
}
