import { formatClockIn, formatDateTime } from '../../platform/text/format-time.ts';
import type { Mail } from '../channel.ts';
import { button, factTable, mailFrame, paragraph, softParagraph } from './html.ts';
import { factLines, placeOf } from './order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { words } from './words.ts';

export type TransferMailData = Pick<OrderMailData, 'locale' | 'event' | 'organizerName'> & {
  /** Of the recipient; undefined where what is stored is no name of a person. */
  readonly name: string | undefined;
  /** The giver for the new holder, and the new holder for the giver. */
  readonly other: string | undefined;
  readonly category: string;
};

const id = {
  receivedSubject: (event: string) => `Tiket untuk Anda: ${event}`,
  receivedKicker: 'Tiket untuk Anda',
  receivedLead: (event: string, giver: string | undefined) =>
    `${giver ?? 'Pemegang sebelumnya'} memberikan tiket ${event} kepada Anda. Kode QR-nya ada di halaman tiket.`,
  open: 'Buka tiket',
  receivedMore:
    'Tautan ini hanya untuk Anda: siapa pun yang memilikinya dapat memakai tiketnya. Kode sebelumnya sudah tidak berlaku. Tidak mengenal pengirimnya? Abaikan email ini.',
  givenSubject: (event: string) => `Tiket diberikan: ${event}`,
  givenKicker: 'Tiket diberikan',
  givenLead: (event: string, holder: string | undefined) =>
    `Tiket ${event} sekarang milik ${holder ?? 'orang lain'}. Kode QR lama tidak berlaku lagi, dan tautannya sudah dikirim ke pemegang baru.`,
  givenMore: 'Bukan Anda yang melakukannya? Segera hubungi penyelenggara.',
  ticket: 'Tiket',
};

const en: typeof id = {
  receivedSubject: (event) => `A ticket for you: ${event}`,
  receivedKicker: 'A ticket for you',
  receivedLead: (event, giver) =>
    `${giver ?? 'Its holder'} has given you a ticket to ${event}. Its QR code is on the page of the ticket.`,
  open: 'Open the ticket',
  receivedMore:
    'This link is for you alone: anybody who has it can use the ticket. The code before is not valid any more. You do not know the sender? Ignore this mail.',
  givenSubject: (event) => `Ticket given on: ${event}`,
  givenKicker: 'Ticket given on',
  givenLead: (event, holder) =>
    `A ticket to ${event} belongs to ${holder ?? 'somebody else'} now. Its old QR code is not valid any more, and the new holder was sent the link.`,
  givenMore: 'That was not you? Tell the organiser at once.',
  ticket: 'Ticket',
};

const transferWords = { id, en };

/** To the new holder of a ticket. @param link the page of the ticket; its fragment holds the secret */
export function ticketReceivedMail(data: TransferMailData, link: string): Mail {
  const say = transferWords[data.locale];
  return shortMail(data, {
    subject: say.receivedSubject(data.event.name),
    kicker: say.receivedKicker,
    lead: say.receivedLead(data.event.name, data.other),
    more: say.receivedMore,
    link,
  });
}

/** To the person who gave the ticket. It has no link, since nothing is left to open. */
export function ticketGivenMail(data: TransferMailData): Mail {
  const say = transferWords[data.locale];
  return shortMail(data, {
    subject: say.givenSubject(data.event.name),
    kicker: say.givenKicker,
    lead: say.givenLead(data.event.name, data.other),
    more: say.givenMore,
  });
}

type Parts = {
  readonly subject: string;
  readonly kicker: string;
  readonly lead: string;
  readonly more: string;
  readonly link?: string;
};

function shortMail(data: TransferMailData, { subject, kicker, lead, more, link }: Parts): Mail {
  const { locale, event, organizerName } = data;
  const say = words[locale];
  const { open, ticket } = transferWords[locale];
  // Not the number of the order, which is its buyer's.
  const facts: [string, string][] = [
    [ticket, data.category],
    [say.when, formatDateTime(event.startsAt, event.timeZone, locale)],
    [say.doors, formatClockIn(event.doorsOpenAt, event.timeZone, locale)],
    [say.where, placeOf(event)],
  ];
  const footer = say.footer(organizerName);
  return {
    subject,
    text: [
      say.hello(data.name),
      lead,
      ...(link === undefined ? [] : [`${open}: ${link}`]),
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
        ...(link === undefined ? [] : [button(open, link)]),
        factTable(facts),
        softParagraph(more),
      ],
      footer,
    }),
    attachments: [],
  };
}
