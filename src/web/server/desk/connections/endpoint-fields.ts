import { html } from 'hono/html';
import type { Language } from '../../../i18n/language.ts';
import { connectionWords } from '../../../i18n/words/desk/connections.ts';
import type { Html } from '../../layout.ts';
import { type Form, type FormValues, showChoice } from '../forms.ts';
import { faultOf, faultText, fieldId, textField } from '../parts/fields.ts';
import { withCode } from '../parts/pieces.ts';

/** The types that an endpoint can subscribe to. Test webhooks are sent by a button instead. */
export const subscribableTypes = (
  Object.keys(connectionWords.en.typeNames) as (keyof typeof connectionWords.en.typeNames)[]
).filter((type) => type !== 'webhook.test');

/** What an endpoint is made with, and what may be changed of it. */
export function endpointFields(
  form: Form,
  language: Language,
  of: { readonly url: string; readonly description: string; readonly types: readonly string[] },
): Html {
  const words = connectionWords[language];
  const chosen = form.values?.all('types') ?? of.types;
  showChoice(form, 'types', { options: subscribableTypes, chosen: of.types });
  const boxes = subscribableTypes.map(
    (type) =>
      html`<p class="check"><input type="checkbox" id="type-${type}" name="types" value="${type}"${chosen.includes(type) ? html` checked` : ''}><label for="type-${type}">${withCode(words.typeNames[type], type)}</label></p>`,
  );
  const fault = faultOf(form, 'types');
  form.labels.set('types', words.types);
  return html`${textField(form, language, { name: 'url', label: words.address, type: 'url', maxlength: 500, value: of.url })}
${textField(form, language, { name: 'description', label: words.description, maxlength: 100, isOptional: true, value: of.description })}
<fieldset class="field-group" id="${fieldId(form, 'types')}" tabindex="-1"><legend>${words.types}</legend>${boxes}${fault === undefined ? '' : html`<p class="field-error">${words.types} ${faultText(form, fault, language)}</p>`}</fieldset>`;
}

export const endpointOf = (values: FormValues) => ({
  url: values.text('url'),
  description: values.text('description'),
  types: subscribableTypes.filter((type) => values.all('types').includes(type)),
});
