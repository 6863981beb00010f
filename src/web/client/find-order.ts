import { finish, sendForm } from './shared/send-form.ts';

sendForm({
  formId: 'form',
  buttonId: 'submit',
  messageId: 'form-message',
  fields: ['email', 'code'],
  path: '/v1/orders/lookups',
  bodyOf: ({ email = '', code = '' }) => ({ email, code: code.toUpperCase() }),
  onDone: () => finish('form', 'done'),
});
