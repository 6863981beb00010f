import { waitingListWords } from '../i18n/words/waiting-list.ts';
import { fillCountries } from './event/phone-field.ts';
import { byId } from './shared/dom.ts';
import { pageLanguage } from './shared/page-language.ts';
import { finish, sendForm } from './shared/forms/send-form.ts';
import { suggestDomains } from './shared/forms/suggest-domains.ts';

const words = waitingListWords[pageLanguage];
const country = byId('phone-country', HTMLSelectElement);
fillCountries(country);
suggestDomains();

sendForm({
  formId: 'form',
  buttonId: 'submit',
  messageId: 'form-message',
  fields: ['quantity', 'name', 'email', 'phone'],
  path: `/v1/events/${encodeURIComponent(byId('form').dataset['slug'] ?? '')}/waiting-list`,
  bodyOf: ({ quantity, name, email, phone }) => ({
    ticketCategoryId: byId('category', HTMLSelectElement).value,
    quantity: Number(quantity),
    buyer: { name, email, phone, phoneCountry: country.value },
    locale: pageLanguage,
  }),
  textOf: ({ code }) => words.refused[code],
  onDone: () => finish('form', 'done'),
});
