import type { Mail } from '../channel.ts';
import { type ShortMailData, shortMail } from './short-mail.ts';

export type TransferMailData = ShortMailData & {
  /** The giver for the new holder, and the new holder for the giver. */
  readonly other: string | undefined;
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
    link: { text: say.open, url: link },
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
