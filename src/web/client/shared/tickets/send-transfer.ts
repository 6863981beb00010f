import { transferWords } from '../../../i18n/words/order/transfer.ts';
import { setMessage } from '../forms/form-faults.ts';
import { pageLanguage } from '../page-language.ts';
import { sendForm } from '../forms/send-form.ts';

/** The form that gives a ticket to somebody. */
export function sendTransfer(of: {
  readonly path: string;
  readonly token?: string;
  /** The new holder's text. */
  more(): Readonly<Record<string, string>>;
  onDone(): void;
}): void {
  // Not a part of the first load: few people give a ticket away. Without a network nobody can.
  void import('../forms/suggest-domains.ts').then(({ suggestDomains }) => suggestDomains()).catch(() => undefined);
  sendForm({
    formId: 'transfer-form',
    buttonId: 'transfer-give',
    messageId: 'transfer-message',
    fields: ['name', 'email'],
    path: of.path,
    ...(of.token === undefined ? {} : { token: of.token }),
    bodyOf: ({ name, email }) => ({ ...of.more(), holder: { name, email } }),
    onDone: of.onDone,
    textOf: ({ code, reason = '' }) =>
      code === 'ticket.not_transferable' ? transferWords[pageLanguage].refused[reason] : undefined,
  });
}

export function sayGiven(): void {
  setMessage('transfer-message', transferWords[pageLanguage].given, 'good');
}
