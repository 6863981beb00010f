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

const id = {
  subject: 'Webhook dinonaktifkan',
  kicker: 'Webhook',
  title: 'Webhook Anda dinonaktifkan',
  failing: (host: string) =>
    `Server Anda ${host} tidak menerima satu pun webhook selama tiga hari, sehingga kami berhenti mengirim.`,
  gone: (host: string) => `Server Anda ${host} menjawab 410 Gone, sehingga kami berhenti mengirim webhook.`,
  next: 'Setelah server Anda siap, aktifkan lagi alamat itu di meja kerja (Sambungan, Webhook) atau melalui API. Webhook yang tertunda dikirim lagi, dan yang terlewat dapat diputar ulang selama 30 hari.',
};

const en: typeof id = {
  subject: 'Webhook endpoint disabled',
  kicker: 'Webhooks',
  title: 'Your webhook endpoint is disabled',
  failing: (host) => `Your server ${host} has not taken a single webhook for three days, so we have stopped sending.`,
  gone: (host) => `Your server ${host} answered 410 Gone, so we have stopped sending webhooks.`,
  next: 'When your server is ready, start the endpoint again at the desk (Connections, Webhooks) or through the API. What waits is sent then, and what you missed can be replayed for 30 days.',
};

const disabledWords = { id, en };

/** The mail to an owner about an endpoint that was disabled. */
export function webhookDisabledMail({ locale, name, organizerName, reason, host }: WebhookDisabledData): Mail {
  const { hello } = words[locale];
  const { subject, kicker, title, next, ...lead } = disabledWords[locale];
  const why = lead[reason](host);
  return {
    subject,
    text: [hello(name), why, next].join('\n\n'),
    html: mailFrame({
      locale,
      preview: why,
      kicker,
      title,
      body: [paragraph(hello(name)), paragraph(why), softParagraph(next)],
      footer: `antre · ${organizerName}`,
    }),
    attachments: [],
  };
}
