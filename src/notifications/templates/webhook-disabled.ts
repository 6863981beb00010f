import type { Mail } from '../channel.ts';
import type { DisabledReason } from '../webhooks/tables.ts';
import { mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { words } from './parts/words.ts';

export type WebhookDisabledData = {
  readonly locale: 'id' | 'en';
  /** Undefined if the stored text is no name of a person. */
  readonly name: string | undefined;
  readonly organizerName: string;
  readonly reason: Exclude<DisabledReason, 'organizer'>;
  /** Only the host, because paths of addresses may hold secrets. */
  readonly host: string;
};

/** The mail to an owner about an endpoint that was disabled. */
export function webhookDisabledMail({ locale, name, organizerName, reason, host }: WebhookDisabledData): Mail {
  const say = words[locale];
  const { subject, kicker, title, next, ...lead } = say.webhookDisabled;
  const why = lead[reason](host);
  return {
    subject,
    text: [say.hello(name), why, next].join('\n\n'),
    html: mailFrame({
      locale,
      preview: why,
      kicker,
      title,
      body: [paragraph(say.hello(name)), paragraph(why), softParagraph(next)],
      footer: `antre · ${organizerName}`,
    }),
    attachments: [],
  };
}
