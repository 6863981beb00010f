import { html } from 'hono/html';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { announcementWords } from '../../../i18n/words/desk/messages/announcements.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { Desk } from '../desk.ts';
import { facts, panel } from '../parts/pieces.ts';

type Previewed = {
  readonly recipients: { readonly email: number; readonly whatsapp: number };
  readonly previews: readonly {
    readonly locale: 'id' | 'en';
    readonly email: { readonly subject: string; readonly text: string } | null;
    readonly whatsapp: { readonly text: string } | null;
  }[];
};
type Progress = Data<'/v1/organizers/:slug/events/:eventId/announcements/:announcementId'>['progress']['email'];

/**
 * Previews a message: number of recipients, and its text in both languages on each channel. The texts are folded below their subjects, so that
 * a phone shows what is asked of the member, too.
 * @param isOpen shows the text in the member's language at once
 */
export function messagePreview({ language }: Desk, { recipients, previews }: Previewed, isOpen = false): Html {
  const words = announcementWords[language];
  const goesByWhatsapp = previews.some(({ whatsapp }) => whatsapp !== null);
  const counts = [
    words.byEmail(formatCount(recipients.email, language), recipients.email === 1),
    ...(goesByWhatsapp
      ? [words.byWhatsapp(formatCount(recipients.whatsapp, language), recipients.whatsapp === 1)]
      : []),
  ];
  const texts = previews.map(
    ({
      locale,
      email,
      whatsapp,
    }) => html`<details class="told"${isOpen && locale === language ? html` open` : ''}><summary>${locale === 'id' ? words.indonesian : words.english}${email === null ? '' : html`: <span class="muted">${email.subject}</span>`}</summary>
${email === null ? '' : html`<p><strong>${email.subject}</strong></p><pre class="message-text">${email.text}</pre>`}${whatsapp === null ? '' : html`<p><strong>WhatsApp</strong></p><pre class="message-text">${whatsapp.text}</pre>`}</details>`,
  );
  return html`<p><strong>${words.recipients}:</strong> ${counts.join(', ')}</p>${texts}`;
}

/** Delivery progress of one channel. */
export function messageProgress(
  { language }: Desk,
  channel: 'email' | 'whatsapp',
  progress: Omit<Progress, 'waiting'> & { readonly waiting?: number },
): Html {
  const words = announcementWords[language];
  return panel(
    `${words.progress}: ${channel === 'email' ? 'Email' : 'WhatsApp'}`,
    facts(
      (['waiting', 'queued', 'sent', 'delivered', 'failed', 'heldBack'] as const).map((name) => {
        const count = progress[name];
        return [words[name], count === undefined ? undefined : formatCount(count, language)];
      }),
    ),
  );
}
