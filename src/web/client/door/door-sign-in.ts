import { byId, takeFragment } from '../shared/dom.ts';
import { keepKnownClient, knownClient } from '../shared/calls/known-client.ts';
import { sendForm } from '../shared/forms/send-form.ts';
import { doorCall, keepToken } from './door-session.ts';

/** The forms for sign-in and pairing, and the sign-out buttons. */
export function watchSignIn(on: { entered(): Promise<void>; left(): void }): void {
  sendForm({
    formId: 'form',
    buttonId: 'submit',
    messageId: 'form-message',
    fields: ['email', 'password'],
    unchecked: ['password'],
    path: '/v1/sessions',
    bodyOf: ({ email, password }) => ({ email, password, ...knownClient('staff') }),
    onDone: ({ body }) => {
      byId('password', HTMLInputElement).value = '';
      const { accessToken, knownClientToken } = body as { accessToken: string; knownClientToken: string };
      keepKnownClient('staff', knownClientToken);
      keepToken(accessToken);
      return on.entered();
    },
  });
  // The token from the desk's QR code needs a tap. Otherwise a link could pair the phone with a stranger's event.
  const paired = new URLSearchParams(takeFragment()).get('device');
  byId('deviceToken', HTMLInputElement).value = paired ?? '';
  byId('device-form')
    .closest('details')
    ?.toggleAttribute('open', paired !== null);
  byId('device-submit', HTMLButtonElement).disabled = false;
  byId('device-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const input = byId('deviceToken', HTMLInputElement);
    if (input.value.trim() === '') return;
    keepToken(input.value.trim());
    input.value = '';
    void on.entered();
  });
  for (const button of document.querySelectorAll('[data-act="sign-out"]')) {
    button.addEventListener('click', () => {
      void doorCall('DELETE', '/v1/sessions/current');
      on.left();
    });
  }
}
