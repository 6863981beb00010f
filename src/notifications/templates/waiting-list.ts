import { formatDateTime } from '../../platform/text/format-time.ts';
import type { Mail } from '../channel.ts';
import { type ShortMailData, shortMail } from './parts/short-mail.ts';

const id = {
  confirmSubject: (event: string) => `Konfirmasi daftar tunggu: ${event}`,
  confirmKicker: 'Daftar tunggu',
  confirmLead: (event: string) =>
    `Anda ingin menunggu tiket ${event}. Buka tautan ini untuk mengonfirmasi; urutan Anda dihitung sejak saat itu.`,
  confirm: 'Konfirmasi dan ikut menunggu',
  confirmMore: (phoneEnd: string) =>
    `Nomor ponsel yang diisi berakhiran ${phoneEnd}. Bukan nomor Anda, atau bukan Anda yang mendaftar? Abaikan email ini. Tautan ini juga untuk keluar dari daftar.`,
  offerSubject: (event: string) => `Ada tempat untuk Anda: ${event}`,
  offerKicker: 'Giliran Anda',
  offerLead: (event: string, until: string) =>
    `Tempat di ${event} kembali tersedia, dan giliran Anda tiba. Kami menahannya untuk Anda sampai ${until}.`,
  freeLead: (event: string) => `Tempat di ${event} kembali tersedia, dan tiketnya sudah menjadi milik Anda.`,
  pay: 'Buka pesanan dan bayar',
  open: 'Buka pesanan',
  offerMore:
    'Bila tidak dibayar sampai waktu itu, tempatnya ditawarkan kepada orang berikutnya. Tautan ini hanya untuk Anda.',
  freeMore: 'Tautan ini hanya untuk Anda.',
};

const en: typeof id = {
  confirmSubject: (event) => `Confirm the waiting list: ${event}`,
  confirmKicker: 'Waiting list',
  confirmLead: (event) =>
    `You want to wait for tickets to ${event}. Open this link to confirm; your place in the line counts from then.`,
  confirm: 'Confirm and wait',
  confirmMore: (phoneEnd) =>
    `The phone number in the form ends in ${phoneEnd}. Not your number, or not you? Ignore this mail. The same link takes you off the list.`,
  offerSubject: (event) => `Places for you: ${event}`,
  offerKicker: 'Your turn',
  offerLead: (event, until) =>
    `Places at ${event} have returned, and it is your turn. We hold them for you until ${until}.`,
  freeLead: (event) => `Places at ${event} have returned, and the tickets are yours.`,
  pay: 'Open the order and pay',
  open: 'Open the order',
  offerMore: 'If they are not paid by then, they are offered to the next person. This link is for you alone.',
  freeMore: 'This link is for you alone.',
};

const waitingWords = { id, en };

/**
 * Asks a person to confirm the address, and shows the phone that the tickets would go to, because somebody else may
 * have sent the form.
 * @param url the page of the entry; its fragment holds the secret
 */
export function waitingConfirmMail(data: ShortMailData, url: string, phoneEnd: string): Mail {
  const say = waitingWords[data.locale];
  return shortMail(data, {
    subject: say.confirmSubject(data.event.name),
    kicker: say.confirmKicker,
    lead: say.confirmLead(data.event.name),
    more: say.confirmMore(phoneEnd),
    link: { text: say.confirm, url },
  });
}

/** Places have returned. @param until when the hold ends; undefined for free tickets, which need no payment */
export function placesOfferedMail(data: ShortMailData, url: string, until: Date | undefined): Mail {
  const say = waitingWords[data.locale];
  const { name, timeZone } = data.event;
  return shortMail(data, {
    subject: say.offerSubject(name),
    kicker: say.offerKicker,
    lead: until === undefined ? say.freeLead(name) : say.offerLead(name, formatDateTime(until, timeZone, data.locale)),
    more: until === undefined ? say.freeMore : say.offerMore,
    link: { text: until === undefined ? say.open : say.pay, url },
  });
}
