import { html } from 'hono/html';
import { callingCodeOf, phoneCountries, phoneTextMax } from '../../../platform/text/phone-number.ts';
import type { Language } from '../../i18n/language.ts';
import type { Html } from '../layout.ts';
import { phoneWords } from '../../i18n/words/phone.ts';

/** All countries with their codes, as `ID62 SG65 ...`. The page's script names them in the reader's language. */
const callingCodes = phoneCountries.map((country) => country + callingCodeOf(country)).join(' ');

/** A phone number with its country, and the line that shows how the service reads it. @param country of the event */
export function phoneField(of: { label: string; hint: string; country: string; language: Language }): Html {
  const name = new Intl.DisplayNames(of.language, { type: 'region' }).of(of.country) ?? of.country;
  return html`<div class="field"><label for="phone">${of.label}</label>
<div class="phone"><select id="phone-country" aria-label="${phoneWords[of.language].country}" autocomplete="off" data-countries="${callingCodes}"><option value="${of.country}" selected>${name} +${callingCodeOf(of.country)}</option></select>
<input id="phone" name="phone" type="tel" autocomplete="tel" maxlength="${phoneTextMax}" inputmode="tel" aria-describedby="phone-hint phone-reading phone-error" required></div>
<p class="hint" id="phone-hint">${of.hint}</p><p class="reading" id="phone-reading" role="status"></p><p class="field-error" id="phone-error" hidden></p></div>`;
}
