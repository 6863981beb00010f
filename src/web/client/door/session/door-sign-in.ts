import { byId, takeFragment, whileBusy } from '../../shared/dom.ts';
import { keepKnownClient, knownClient } from '../../shared/calls/known-client.ts';
import { setFaults } from '../../shared/forms/form-faults.ts';
import { sendForm } from '../../shared/forms/send-form.ts';
import { type DoorActor, doorCall, keepToken, keptToken } from './door-session.ts';

let lastActorId: string | undefined;

/** The forms for sign-in and pairing, and the sign-out buttons. */
export function watchSignIn(on: { entered(by: 'member' | 'device'): Promise<void>; left(): void }): void {
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
      return on.entered('member');
    },
  });
  // The token from the desk's QR code needs a tap. Otherwise a link could pair the phone with a stranger's event.
  const paired = new URLSearchParams(takeFragment()).get('device');
  byId('deviceToken', HTMLInputElement).value = paired ?? '';
  byId('device-form')
    .closest('details')
    ?.toggleAttribute('open', paired !== null);
  const submit = byId('device-submit', HTMLButtonElement);
  submit.disabled = false;
  byId('device-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const input = byId('deviceToken', HTMLInputElement);
    const given = input.value.trim();
    if (setFaults(['deviceToken'], given === '' ? ['deviceToken'] : []) || submit.disabled) return;
    keepToken(given);
    void whileBusy(submit, async () => {
      await on.entered('device');
      // The desk shows a token once. It stays in the field until it has paired this phone.
      if (keptToken() !== undefined) input.value = '';
    });
  });
  for (const button of document.querySelectorAll('[data-act="sign-out"]')) {
    button.addEventListener('click', () => {
      void doorCall('DELETE', '/v1/sessions/current');
      on.left();
    });
  }
}

/** What somebody typed before the session ended waits for them, and for nobody else. */
export function keepTypedFor({ id }: DoorActor): void {
  const isAnother = lastActorId !== undefined && lastActorId !== id;
  if (isAnother) for (const field of ['code', 'search-text']) byId(field, HTMLInputElement).value = '';
  lastActorId = id;
}
