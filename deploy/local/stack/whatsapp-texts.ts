import { definitionOf, messageNames } from '../../../src/notifications/message-texts/catalog.ts';
import { buttonTexts, templateBody } from '../../../src/notifications/senders/template-request.ts';
import type { MessageText } from '../../../sandbox/demo-accounts.ts';

const copyTexts = { id: 'Salin kode', en: 'Copy the code' } as const;

/**
 * Our own wording of every message, with numbered variables. The sandbox shows a message in these words if no template of
 * its name was registered there. Meta words the messages with codes itself, much like this.
 */
export function whatsappTexts(publicUrl: string): MessageText[] {
  return messageNames.flatMap((name) =>
    (['id', 'en'] as const).map((language): MessageText => {
      const { button, parameters, texts } = definitionOf(name);
      if (button === 'code') {
        const body = texts[language].replaceAll('{{code}}', '{{1}}');
        return { name, language, body, button: { text: copyTexts[language] } };
      }
      const body = templateBody(texts[language], parameters);
      if (typeof body !== 'string') throw new Error(`our text of ${name} lacks ${body.missing}`);
      if (button === 'none') return { name, language, body };
      return { name, language, body, button: { text: buttonTexts[language], url: `${publicUrl}/orders/{{1}}` } };
    }),
  );
}
