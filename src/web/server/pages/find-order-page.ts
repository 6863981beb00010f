import { html } from 'hono/html';
import { type PageContext, layout } from '../layout.ts';
import { findOrderWords } from '../../i18n/words/find-order.ts';
import { donePanel, formMessage, otherAddress } from '../parts/form-parts.ts';
import { field } from '../parts/field.ts';
import { phoneField } from '../parts/phone-field.ts';
import { homeCountry } from '../../../platform/text/home.ts';

/** For buyers who lost the link to an order. The answer never tells whether the order exists. */
export function findOrderPage(context: PageContext): Promise<string> {
  const words = findOrderWords[context.lang.language];
  return layout(context, {
    title: words.title,
    script: 'find-order.ts',
    className: 'page-form',
    body: html`<div class="wrap form-wrap"><form id="form" method="post" novalidate><h1>${words.title}</h1><p class="lead">${words.lead}</p>
<fieldset class="choice-row"><legend class="visually-hidden">${words.by}</legend>
<label><input type="radio" name="by" id="by-email" value="email" checked> ${words.email}</label>
<label><input type="radio" name="by" id="by-phone" value="phone"> ${words.phone}</label></fieldset>
<div id="email-part">${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'email', maxlength: 254, hint: words.emailHint, inputmode: 'email' })}</div>
<div id="phone-part" hidden>${phoneField({ label: words.phone, hint: words.phoneHint, country: homeCountry, language: context.lang.language })}</div>
${field({ name: 'code', label: words.code, autocomplete: 'off', maxlength: 40, isRequired: false, hint: words.codeHint, className: 'upper' })}
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.send}</button></form>
${donePanel(words.sentTitle, words.sentText, otherAddress(context.lang.language))}</div>`,
  });
}
