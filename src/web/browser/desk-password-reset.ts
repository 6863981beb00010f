import { show, takeFragment } from './dom.ts';
import { watchPasswordField } from './password-field.ts';
import { finish, sendForm } from './send-form.ts';

const token = new URLSearchParams(takeFragment()).get('token') ?? '';

if (token === '') {
  sendForm({
    formId: 'request',
    buttonId: 'request-submit',
    messageId: 'request-message',
    fields: ['email'],
    path: '/v1/password-resets',
    bodyOf: ({ email }) => ({ email }),
    onDone: () => finish('request', 'requested'),
  });
} else {
  show('request', false);
  show('form', true);
  watchPasswordField();
  sendForm({
    formId: 'form',
    buttonId: 'submit',
    messageId: 'form-message',
    fields: ['password'],
    path: '/v1/password-resets/confirmation',
    bodyOf: ({ password }) => ({ token, password }),
    onDone: () => finish('form', 'done'),
  });
}
