import { deskLinkWords } from '../../i18n/words/desk/links.ts';
import type { Problem } from '../shared/calls/api.ts';
import { byId, element, show, takeFragment } from '../shared/dom.ts';
import { knownClient } from '../shared/calls/known-client.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { watchPasswordField } from '../shared/forms/password-field.ts';
import { finish, sendForm } from '../shared/forms/send-form.ts';
import { suggestDomains } from '../shared/forms/suggest-domains.ts';

const words = deskLinkWords[pageLanguage];
const token = new URLSearchParams(takeFragment()).get('token') ?? '';

if (token === '') {
  suggestDomains();
  sendForm({
    formId: 'request',
    buttonId: 'request-submit',
    messageId: 'request-message',
    fields: ['email'],
    path: '/v1/password-resets',
    bodyOf: ({ email }) => ({ email, ...knownClient('staff') }),
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
    bodyOf: ({ password }) => ({ token, password, ...choice() }),
    onDone: () => finish('form', 'done'),
    onRefused: (problem) => {
      if (problem.code === 'access.choice_needed') ask(problem.made);
    },
    textOf: ({ code }) => words.refused[code],
  });
}

/** Shows the credentials that the account has created. Nothing is preselected, because only the owner knows which to keep. */
function ask(made: Problem['made']): void {
  const kinds = [
    [words.apiKeys, made['apiKeys']],
    [words.devices, made['devices']],
    [words.invitations, made['invitations']],
  ] as const;
  const items = kinds.flatMap(([kind, those = []]) =>
    those.length === 0 ? [] : [element('li', { text: `${kind}: ${those.map(({ name }) => name).join(', ')}` })],
  );
  byId('made').replaceChildren(...items);
  show('choice', true);
}

function choice(): { readonly keep?: readonly string[] } {
  const chosen = document.querySelector<HTMLInputElement>('input[name="made"]:checked')?.value;
  if (chosen === undefined) return {};
  return { keep: chosen === 'keep' ? ['api_keys', 'devices', 'invitations'] : [] };
}
