import type { InEach } from '../../language.ts';

/** The texts for people who give a ticket to somebody, and for those who receive one. */
const id = {
  title: 'Berikan tiket kepada orang lain',
  lead: 'Penerima mendapat tautan lewat email dengan kode QR baru. Kode Anda untuk tiket itu langsung tidak berlaku, dan ini tidak dapat diurungkan.',
  which: 'Tiket yang diberikan',
  ticket: (number: number, category: string) => `Tiket ${number}, ${category}`,
  name: 'Nama penerima',
  email: 'Email penerima',
  give: 'Berikan tiket',
  given: 'Tiket sudah diberikan. Kami mengirim email kepada penerima dan kepada Anda.',
  givenTo: 'Sudah diberikan',
  toWhom: (category: string, name: string) => `${category} kepada ${name}`,
  pageTitle: 'Tiket Anda',
  loading: 'Membuka tiket…',
  missingTitle: 'Tiket tidak dapat dibuka',
  missingText:
    'Buka tiket dari tautan di email Anda. Bila tiketnya sudah diberikan kepada orang lain, tautan Anda tidak berlaku lagi.',
  showAtDoor: 'Tunjukkan kode ini di pintu. Jangan dibagikan: yang pertama memindainya yang masuk.',
  invalid: 'Tiket ini tidak berlaku lagi.',
  postponed: 'Acara ini ditunda. Tiket Anda tetap berlaku untuk tanggal yang baru.',
  qr: 'Kode QR tiket',
  pdf: 'Unduh PDF',
  calendar: 'Simpan ke kalender',
  fileFailed: 'Berkas belum dapat diunduh. Coba lagi sebentar lagi.',
  doneTitle: 'Tiket sudah diberikan',
  doneText: 'Tautan Anda tidak berlaku lagi. Kami mengirim email kepada penerima dan kepada Anda.',
  refused: {
    not_allowed: 'Penyelenggara acara ini tidak mengizinkan tiket diberikan kepada orang lain.',
    too_late: 'Acara ini sudah selesai atau dibatalkan.',
    checked_in: 'Tiket ini sudah dipakai di pintu.',
    revoked: 'Tiket ini tidak berlaku lagi.',
    too_often: 'Tiket ini sudah terlalu sering berpindah tangan.',
  } as Readonly<Record<string, string>>,
};

const en: typeof id = {
  title: 'Give a ticket to somebody',
  lead: 'The new holder gets a link by email, with a new QR code. Your code for this ticket stops working at once, and this cannot be undone.',
  which: 'Ticket to give',
  ticket: (number, category) => `Ticket ${number}, ${category}`,
  name: 'Name of the new holder',
  email: 'Email of the new holder',
  give: 'Give the ticket',
  given: 'The ticket is given. We have written to the new holder and to you.',
  givenTo: 'Already given',
  toWhom: (category, name) => `${category} to ${name}`,
  pageTitle: 'Your ticket',
  loading: 'Opening your ticket…',
  missingTitle: 'This ticket cannot be opened',
  missingText:
    'Open it from the link in your email. If the ticket was given to somebody else, your link does not work any more.',
  showAtDoor: 'Show this code at the door. Do not share it: the first person to scan it gets in.',
  invalid: 'This ticket is not valid any more.',
  postponed: 'This event is postponed. Your ticket stays valid for the new date.',
  qr: 'QR code of the ticket',
  pdf: 'Download PDF',
  calendar: 'Add to calendar',
  fileFailed: 'The file could not be downloaded. Try again in a moment.',
  doneTitle: 'The ticket is given',
  doneText: 'Your link does not work any more. We have written to the new holder and to you.',
  refused: {
    not_allowed: 'The organiser of this event does not allow tickets to be given to others.',
    too_late: 'This event is over or was called off.',
    checked_in: 'This ticket has been used at the door.',
    revoked: 'This ticket is not valid any more.',
    too_often: 'This ticket has changed hands too often.',
  },
};

export const transferWords: InEach<typeof id> = { id, en };
