import { html } from 'hono/html';
import type { Language } from '../../i18n/language.ts';
import { transferWords } from '../../i18n/words/order/transfer.ts';
import type { Html } from '../layout.ts';
import { field } from './field.ts';
import { formMessage } from './form-parts.ts';

/** Gives a ticket to somebody: on the page of an order, where the ticket is chosen, and on the page of a ticket. */
export function transferForm(language: Language, choice?: Html): Html {
  const words = transferWords[language];
  return html`<form id="transfer-form" method="post" novalidate><p class="muted">${words.lead}</p>${choice ?? ''}
${field({ name: 'name', label: words.name, autocomplete: 'off', maxlength: 100 })}
${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'off', maxlength: 254, inputmode: 'email' })}
${formMessage('transfer-message')}
<button class="button" id="transfer-give" disabled>${words.give}</button></form>`;
}
