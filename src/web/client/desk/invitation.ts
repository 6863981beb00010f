import { deskLinkWords } from '../../i18n/words/desk/links.ts';
import { show, takeFragment } from '../shared/dom.ts';
import { watchPasswordField } from '../shared/forms/password-field.ts';
import { finish, sendForm } from '../shared/forms/send-form.ts';
import { pageLanguage } from '../shared/page-language.ts';

const token = new URLSearchParams(takeFragment()).get('token') ?? '';

if (token === '') {
  show('form', false);
  show('no-link', true);
} else {
  watchPasswordField();
  sendForm({
    formId: 'form',
    buttonId: 'submit',
    messageId: 'form-message',
    fields: ['name', 'password'],
    path: '/v1/invitations/acceptance',
    bodyOf: ({ name, password }) => ({ token, name, password }),
    onDone: () => finish('form', 'done'),
    textOf: ({ code }) => deskLinkWords[pageLanguage].refused[code],
  });
}
