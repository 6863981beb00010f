import { fillCountries } from './event/phone-field.ts';
import { byId, show } from './shared/dom.ts';
import { suggestDomains } from './shared/forms/suggest-domains.ts';
import { finish, sendForm } from './shared/forms/send-form.ts';

const country = byId('phone-country', HTMLSelectElement);
fillCountries(country);
suggestDomains();

const by = () => (byId('by-phone', HTMLInputElement).checked ? 'phone' : 'email');
const showField = (): void => {
  show('email-part', by() === 'email');
  show('phone-part', by() === 'phone');
};
for (const id of ['by-email', 'by-phone']) byId(id).addEventListener('change', showField);
showField();

sendForm({
  formId: 'form',
  buttonId: 'submit',
  messageId: 'form-message',
  get fields() {
    return [by(), 'code'];
  },
  optional: ['code'],
  path: '/v1/orders/lookups',
  bodyOf: ({ email, phone, code = '' }) => ({
    ...(phone === undefined ? { email } : { phone, phoneCountry: country.value }),
    ...(code === '' ? {} : { code: code.toUpperCase() }),
  }),
  onDone: () => finish('form', 'done'),
});
