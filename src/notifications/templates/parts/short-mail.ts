import { isWithoutDate, startText } from '../../../catalog/index.ts';
import { placeLine } from '../../../platform/text/place-line.ts';
import { formatClockIn, formatDateTime } from '../../../platform/text/format-time.ts';
import type { Mail } from '../../channel.ts';
import { type Html, button, factTable, mailFrame, paragraph, softParagraph } from './html.ts';
import { factLines } from './order-facts.ts';
import type { OrderMailData } from '../order-mail.ts';
import { eventWords } from './event-words.ts';
import { words } from './words.ts';

/** A mail about tickets of an event to a person who has no order, or none yet. It names no order. */
export type ShortMailData = Pick<OrderMailData, 'locale' | 'event' | 'organizerName'> & {
  /** The recipient's name; undefined if the stored text is no name of a person. */
  readonly name: string | undefined;
  /** The tickets, as in "2 × Festival". */
  readonly tickets: string;
};

type Parts = {
  readonly subject: string;
  readonly kicker: string;
  /** Default: the name of the event. */
  readonly title?: string;
  readonly lead: string;
  /** The content below the lead, as text and as HTML. */
  readonly blocks?: readonly { readonly text: string; readonly html: Html }[];
  readonly more: string;
  readonly link?: { readonly text: string; readonly url: string };
  /** `past`: the event no longer has this time, and no doors. */
  readonly when?: 'planned' | 'past';
  readonly attachments?: Mail['attachments'];
};

const shortWords = {
  id: {
    ticket: 'Tiket',
    footer: (organizer: string) =>
      `Dikirim oleh antre untuk ${organizer}. Pesan ini tentang tiket acara ini, jadi tidak dapat dihentikan.`,
  },
  en: {
    ticket: 'Ticket',
    footer: (organizer: string) =>
      `Sent by antre for ${organizer}. It is about tickets to this event, so it cannot be unsubscribed from.`,
  },
};

export function shortMail(data: ShortMailData, parts: Parts): Mail {
  const { locale, event, organizerName } = data;
  const {
    subject,
    kicker,
    title = event.name,
    lead,
    blocks = [],
    more,
    link,
    when = 'planned',
    attachments = [],
  } = parts;
  const say = words[locale];
  const own = shortWords[locale];
  const facts: [string, string][] = [
    [own.ticket, data.tickets],
    when === 'past'
      ? [eventWords[locale].cancelled.when, formatDateTime(event.startsAt, event.timeZone, locale)]
      : [say.when, startText(event, locale)],
    ...(when === 'past' || isWithoutDate(event)
      ? []
      : [[say.doors, formatClockIn(event.doorsOpenAt, event.timeZone, locale)] satisfies [string, string]]),
    [say.where, placeLine(event)],
  ];
  const footer = own.footer(organizerName);
  return {
    subject,
    text: [
      say.hello(data.name),
      lead,
      ...blocks.map(({ text }) => text),
      ...(link === undefined ? [] : [`${link.text}: ${link.url}`]),
      factLines(facts),
      more,
      footer,
    ].join('\n\n'),
    html: mailFrame({
      locale,
      preview: lead,
      kicker,
      title,
      body: [
        paragraph(say.hello(data.name)),
        paragraph(lead),
        ...blocks.map((block) => block.html),
        ...(link === undefined ? [] : [button(link.text, link.url)]),
        factTable(facts),
        softParagraph(more),
      ],
      footer,
    }),
    attachments,
  };
}
