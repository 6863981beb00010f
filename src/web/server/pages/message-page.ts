import { html } from 'hono/html';
import { linkTo } from '../../i18n/language.ts';
import { type PageContext, layout } from '../layout.ts';
import { siteWords } from '../../i18n/words/site.ts';

/** A page with only a message, for example that there is no such page. */
export function messagePage(context: PageContext, kind: 'missing' | 'busy'): Promise<string> {
  const words = siteWords[context.lang.language];
  const title = kind === 'missing' ? words.missingTitle : words.busyTitle;
  const text = kind === 'missing' ? words.missingText : words.busyText;
  return layout(context, {
    title,
    body: html`<div class="wrap narrow message"><h1>${title}</h1><p>${text}</p>
<p><a class="button" href="${linkTo('/', context.lang)}">${words.toEvents}</a></p></div>`,
  });
}
