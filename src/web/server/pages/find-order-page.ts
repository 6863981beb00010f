import { html } from 'hono/html';
import { type PageContext, layout } from '../layout.ts';
import { findOrderWords } from '../../i18n/words/find-order.ts';
import { donePanel, formMessage } from './form-parts.ts';
import { field } from './field.ts';

/** For buyers who lost the link to an order. The answer never tells whether the order exists. */
export function findOrderPage(context: PageContext): Promise<string> {
  const words = findOrderWords[context.lang.language];
  return layout(context, {
    title: words.title,
    script: 'find-order.ts',
    className: 'page-form',
    body: html`<div class="wrap form-wrap"><form id="form" method="post" novalidate><h1>${words.title}</h1><p class="lead">${words.lead}</p>
${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'email', maxlength: 254, hint: words.emailHint, inputmode: 'email' })}
${field({ name: 'code', label: words.code, autocomplete: 'off', maxlength: 40, hint: words.codeHint, className: 'upper' })}
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.send}</button></form>
${donePanel(words.sentTitle, words.sentText)}</div>`,
  });
}
