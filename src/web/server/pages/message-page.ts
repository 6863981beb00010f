import { html } from 'hono/html';
import { linkTo } from '../../i18n/language.ts';
import { type PageContext, layout } from '../layout.ts';
import { siteWords } from '../../i18n/words/site.ts';

/** The reason for a message page: not found, temporarily unavailable, a form that could not be sent, or an internal error. */
export type Message = 'missing' | 'busy' | 'notSent' | 'broken';

/**
 * A page with only a message.
 * @param more.againSeconds the page reloads itself after this time
 * @param more.requestId finds the error in the log
 */
export function messagePage(
  context: PageContext,
  message: Message,
  more: { readonly againSeconds?: number; readonly requestId?: string } = {},
): Promise<string> {
  const words = siteWords[context.lang.language];
  const { title, text } = words.messages[message];
  const { againSeconds, requestId } = more;
  return layout(context, {
    title,
    ...(againSeconds === undefined ? {} : { head: againAfter(context, againSeconds) }),
    body: html`<div class="wrap narrow message"><h1>${title}</h1><p>${text}</p>
${requestId === undefined ? '' : html`<p>${words.requestId} <strong>${requestId}</strong></p>`}
<p><a class="button" href="${linkTo('/', context.lang)}">${words.toEvents}</a></p></div>`,
  });
}

/** Loads the page again after this time. */
export function againAfter({ assets }: PageContext, seconds: number) {
  return html`<meta name="again" content="${seconds}"><script type="module" src="${assets.urlOf('again.ts')}"></script>
<noscript><meta http-equiv="refresh" content="${seconds}"></noscript>`;
}
