import { formatClockIn, formatDateTime } from '../../platform/text/format-time.ts';
import type { Mail } from '../channel.ts';
import { button, factTable, mailFrame, paragraph, softParagraph } from './html.ts';
import { factLines, placeOf } from './order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { eventWords } from './event-words.ts';
import { words } from './words.ts';

/** A mail about tickets of an event to a person who has no order, or not yet. It names no order. */
export type ShortMailData = Pick<OrderMailData, 'locale' | 'event' | 'organizerName'> & {
  /** Of the recipient; undefined where what is stored is no name of a person. */
  readonly name: string | undefined;
  /** What the tickets are, as in "2 × Festival". */
  readonly tickets: string;
};

type Parts = {
  readonly subject: string;
  readonly kicker: string;
  readonly lead: string;
  readonly more: string;
  readonly link?: { readonly text: string; readonly url: string };
  /** `past`: the event has no such time any more, and no doors. */
  readonly when?: 'planned' | 'past';
};

const ticketWords = { id: 'Tiket', en: 'Ticket' };

export function shortMail(data: ShortMailData, { subject, kicker, lead, more, link, when = 'planned' }: Parts): Mail {
  const { locale, event, organizerName } = data;
  const say = words[locale];
  const facts: [string, string][] = [
    [ticketWords[locale], data.tickets],
    [
      when === 'past' ? eventWords[locale].cancelled.when : say.when,
      formatDateTime(event.startsAt, event.timeZone, locale),
    ],
    ...(when === 'past'
      ? []
      : [[say.doors, formatClockIn(event.doorsOpenAt, event.timeZone, locale)] satisfies [string, string]]),
    [say.where, placeOf(event)],
  ];
  const footer = say.footer(organizerName);
  return {
    subject,
    text: [
      say.hello(data.name),
      lead,
      ...(link === undefined ? [] : [`${link.text}: ${link.url}`]),
      factLines(facts),
      more,
      footer,
    ].join('\n\n'),
    html: mailFrame({
      locale,
      preview: lead,
      kicker,
      title: event.name,
      body: [
        paragraph(say.hello(data.name)),
        paragraph(lead),
        ...(link === undefined ? [] : [button(link.text, link.url)]),
        factTable(facts),
        softParagraph(more),
      ],
      footer,
    }),
    attachments: [],
  };
}
