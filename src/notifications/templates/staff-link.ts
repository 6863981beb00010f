import { formatDateTime } from '../../platform/text/format-time.ts';
import { homeTimeZone } from '../../platform/text/home.ts';
import type { Mail } from '../channel.ts';
import { button, mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { words } from './parts/words.ts';

export type StaffMailData = {
  readonly locale: 'id' | 'en';
  /** Undefined if the stored text is no name of a person. */
  readonly name: string | undefined;
  readonly organizerName: string;
  readonly purpose: 'invitation' | 'password_reset';
  /** The page that takes the one-time secret in its fragment. */
  readonly link: string;
  readonly expiresAt: Date;
};

/** The mail with a one-time link of a staff member. */
export function staffLinkMail(data: StaffMailData): Mail {
  const { locale, organizerName } = data;
  const say = words[locale];
  // Staff have no time zone of their own; the label says which one this is.
  const until = formatDateTime(data.expiresAt, homeTimeZone, locale);
  const part =
    data.purpose === 'invitation'
      ? {
          subject: say.invitation.subject(organizerName),
          kicker: say.invitation.kicker,
          title: say.invitation.title(organizerName),
          lead: say.invitation.lead(organizerName),
          action: say.invitation.action,
          until: say.invitation.until(until),
        }
      : { ...say.reset, until: say.reset.until(until) };
  return {
    subject: part.subject,
    text: [say.hello(data.name), part.lead, `${part.action}: ${data.link}`, part.until].join('\n\n'),
    html: mailFrame({
      locale,
      preview: part.lead,
      kicker: part.kicker,
      title: part.title,
      body: [
        paragraph(say.hello(data.name)),
        paragraph(part.lead),
        button(part.action, data.link),
        softParagraph(part.until),
      ],
      footer: `antre · ${organizerName}`,
    }),
    attachments: [],
  };
}
