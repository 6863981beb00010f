import { groupTicketCode } from '../../orders/tickets/codes/group-ticket-code.ts';
import type { Mail } from '../channel.ts';
import { type HolderMailData, openTicketWords } from './holder-mail.ts';
import type { OrderMailData } from './order-mail.ts';
import { calendarAttachment } from './order-notice.ts';
import { type ShortMailData, shortMail } from './parts/short-mail.ts';
import { qrAttachment, ticketPass } from './tickets.ts';

export type TransferMailData = ShortMailData & {
  /** The giver's name for the new holder, and the new holder's for the giver. */
  readonly other: string | undefined;
};

const id = {
  receivedSubject: (event: string) => `Tiket untuk Anda: ${event}`,
  receivedKicker: 'Tiket untuk Anda',
  receivedLead: (event: string, giver: string | undefined) =>
    `${giver ?? 'Pemegang sebelumnya'} memberikan tiket ${event} kepada Anda. Tunjukkan kode ini di pintu masuk. Di halaman tiket, Anda dapat mengunduh PDF-nya.`,
  receivedMore:
    'Tautan ini hanya untuk Anda: siapa pun yang memilikinya dapat memakai tiketnya. Kode sebelumnya sudah tidak berlaku. Tidak mengenal pengirimnya? Abaikan email ini.',
  givenSubject: (event: string) => `Tiket diberikan: ${event}`,
  givenKicker: 'Tiket diberikan',
  givenLead: (event: string, holder: string | undefined) =>
    `Tiket ${event} sekarang milik ${holder ?? 'orang lain'}. Kode QR lama tidak berlaku lagi, dan tautannya sudah dikirim ke pemegang baru.`,
  givenMore: 'Bukan Anda yang melakukannya? Segera hubungi penyelenggara.',
  withdrawnSubject: (event: string) => `Tiket tidak berlaku lagi: ${event}`,
  withdrawnKicker: 'Tiket ditarik',
  withdrawnLead: (event: string) =>
    `Tiket ${event} yang diberikan kepada Anda telah ditarik, dan kode QR-nya tidak membuka pintu lagi.`,
  withdrawnMore: 'Ada pertanyaan? Hubungi orang yang memberi Anda tiket ini, atau penyelenggara.',
};

const en: typeof id = {
  receivedSubject: (event) => `A ticket for you: ${event}`,
  receivedKicker: 'A ticket for you',
  receivedLead: (event, giver) =>
    `${giver ?? 'Its holder'} has given you a ticket to ${event}. Show this code at the door. The page of the ticket has it as a PDF.`,
  receivedMore:
    'This link is for you alone: anybody who has it can use the ticket. The code before is not valid any more. You do not know the sender? Ignore this mail.',
  givenSubject: (event) => `Ticket given on: ${event}`,
  givenKicker: 'Ticket given on',
  givenLead: (event, holder) =>
    `A ticket to ${event} belongs to ${holder ?? 'somebody else'} now. Its old QR code is not valid any more, and the new holder was sent the link.`,
  givenMore: 'That was not you? Tell the organiser at once.',
  withdrawnSubject: (event) => `Ticket no longer valid: ${event}`,
  withdrawnKicker: 'Ticket taken back',
  withdrawnLead: (event) =>
    `The ticket to ${event} that was given to you has been taken back, and its QR code opens no door any more.`,
  withdrawnMore: 'Questions? Ask the person who gave you the ticket, or the organiser.',
};

const transferWords = { id, en };

/** To the new holder of a ticket: its code, the link to its page, and an entry for the calendar. */
export function ticketReceivedMail(
  data: HolderMailData & Pick<TransferMailData, 'other'>,
  ticket: OrderMailData['tickets'][number],
): Mail {
  const say = transferWords[data.locale];
  const code = groupTicketCode(ticket.shortCode);
  return shortMail(data, {
    subject: say.receivedSubject(data.event.name),
    kicker: say.receivedKicker,
    lead: say.receivedLead(data.event.name, data.other),
    blocks: [
      { text: `${ticket.categoryName} · ${code}`, html: ticketPass(ticket, { index: 0, label: data.name ?? '' }) },
    ],
    more: say.receivedMore,
    link: { text: openTicketWords[data.locale], url: data.link },
    attachments: [qrAttachment(ticket, 0), calendarAttachment(data)],
  });
}

/** To the person who gave the ticket. It has no link, because nothing is left to open. */
export function ticketGivenMail(data: TransferMailData): Mail {
  const say = transferWords[data.locale];
  return shortMail(data, {
    subject: say.givenSubject(data.event.name),
    kicker: say.givenKicker,
    lead: say.givenLead(data.event.name, data.other),
    more: say.givenMore,
  });
}

/** To the holder of a ticket that was revoked with its order. Nothing about money, which was the buyer's. */
export function ticketWithdrawnMail(data: ShortMailData): Mail {
  const say = transferWords[data.locale];
  return shortMail(data, {
    subject: say.withdrawnSubject(data.event.name),
    kicker: say.withdrawnKicker,
    lead: say.withdrawnLead(data.event.name),
    more: say.withdrawnMore,
  });
}
