import type { InEach, Language } from '../../../language.ts';
import { doorWords } from '../../door/door.ts';
import { paymentMethodWords } from '../../order/payment-methods.ts';
import { actText } from '../acts.ts';
import { faultText } from '../events/conflicts.ts';
import { messageTextWords } from '../messages/message-texts.ts';
import { statusWords } from '../statuses.ts';
import { toolWords } from '../tools.ts';

/** The API's words in the story of an order that are not states (`statuses.ts`). */
const values: InEach<Readonly<Record<string, string>>> = {
  id: {
    // States of a payment, and the effects of callbacks.
    creating: 'Sedang disiapkan',
    review: 'Diperiksa gateway',
    authorized: 'Disetujui',
    captured: 'Uang diterima',
    settled: 'Uang diterima',
    denied: 'Ditolak',
    voided: 'Dibatalkan',
    reversed: 'Ditarik kembali',
    charged_back: 'Ditarik oleh bank pembeli',
    partially_charged_back: 'Sebagian ditarik oleh bank pembeli',
    applied: 'Diterapkan',
    ignored: 'Tidak mengubah apa-apa',
    refused: 'Ditolak',
    // Reasons of refunds and of revoked tickets.
    requested: 'Diminta',
    buyer_cancelled: 'Dibatalkan pembeli',
    late_payment: 'Dibayar terlambat',
    double_payment: 'Dibayar dua kali',
    underpaid: 'Kurang bayar',
    surplus: 'Kelebihan bayar',
    over_limit: 'Melebihi batas pembeli',
    event_cancelled: 'Acara dibatalkan',
    external: 'Dikembalikan di gateway',
    wrong_facts: 'Data pembayaran tidak cocok',
    buyer: 'Pembeli',
    organizer: 'Penyelenggara',
    event: 'Pembatalan acara',
    entry: 'Masuk',
    exit: 'Keluar',
    email: 'Email',
    whatsapp: 'WhatsApp',
    other: 'Cara lain',
  },
  en: {
    creating: 'Being prepared',
    review: 'Under review at the gateway',
    authorized: 'Authorised',
    captured: 'Money received',
    settled: 'Money received',
    denied: 'Denied',
    voided: 'Voided',
    reversed: 'Taken back',
    charged_back: "Taken back by the buyer's bank",
    partially_charged_back: "Partly taken back by the buyer's bank",
    applied: 'Applied',
    ignored: 'Changed nothing',
    refused: 'Refused',
    requested: 'Requested',
    buyer_cancelled: 'Cancelled by the buyer',
    late_payment: 'Paid too late',
    double_payment: 'Paid twice',
    underpaid: 'Underpaid',
    surplus: 'Overpaid',
    over_limit: 'Over the limit of the buyer',
    event_cancelled: 'Event called off',
    external: 'Refunded at the gateway',
    wrong_facts: 'The payment does not match',
    buyer: 'Buyer',
    organizer: 'Organiser',
    event: 'Event called off',
    entry: 'Entry',
    exit: 'Exit',
    email: 'Email',
    whatsapp: 'WhatsApp',
    other: 'Another way',
  },
};

/** Messages by the name of their template. */
const templates: InEach<Readonly<Record<string, string>>> = {
  id: {
    ...messageTextWords.id.names,
    tickets: 'Tiket',
    refund_done: 'Pengembalian selesai',
    order_placed: 'Pesanan menunggu pembayaran',
    order_link: 'Tautan pesanan',
    order_found: 'Tautan pesanan',
    ticket_received: 'Tiket diterima dari orang lain',
    ticket_given: 'Tiket diberikan kepada orang lain',
    ticket_withdrawn: 'Tiket tidak berlaku lagi',
  },
  en: {
    ...messageTextWords.en.names,
    tickets: 'Tickets',
    refund_done: 'Refund done',
    order_placed: 'Order waits for payment',
    order_link: 'Link to the order',
    order_found: 'Link to the order',
    ticket_received: 'Ticket received from somebody',
    ticket_given: 'Ticket given to somebody',
    ticket_withdrawn: 'Ticket no longer valid',
  },
};

/** What is said of a scan only if it is so. */
const flags: InEach<Readonly<Record<string, string>>> = {
  id: { offline: 'Tanpa jaringan', conflict: 'Masuk dua kali' },
  en: { offline: 'Without a network', conflict: 'Let in twice' },
};

const ticketCount: InEach<(count: number) => string> = {
  id: (count) => `${count} tiket`,
  en: (count) => (count === 1 ? '1 ticket' : `${count} tickets`),
};

/**
 * One detail of a story's entry as people read it. Text that a person wrote stays unchanged; a gateway's name begins
 * with a capital.
 */
export function storyDetail(name: string, value: string | number | true, language: Language): string {
  if (value === true) return flags[language][name] ?? '';
  if (typeof value === 'number') return name === 'tickets' ? ticketCount[language](value) : String(value);
  const known: Readonly<Record<string, string>> = detailWords(name, language);
  if (name === 'act') return actText(value, language);
  if (name === 'fault') return faultText(value, language);
  if (name === 'gateway') return value.charAt(0).toUpperCase() + value.slice(1);
  return Object.hasOwn(known, value) ? (known[value] ?? value) : value;
}

function detailWords(name: string, language: Language): Readonly<Record<string, string>> {
  if (name === 'template') return templates[language];
  if (name === 'task') return toolWords[language].taskKinds;
  if (name === 'method') return { ...values[language], ...paymentMethodWords[language].methods };
  if (name === 'result') return doorWords[language].results;
  const isCode = ['status', 'outcome', 'direction', 'reason', 'endedBy', 'channel'].includes(name);
  return isCode ? { ...statusWords[language], ...values[language] } : {};
}
