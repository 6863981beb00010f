import type { Phase } from '../../client/queue/queue-view.ts';
import type { InEach } from '../language.ts';

/** What an event's page says about its waiting room. */
type RoomWords = {
  readonly phases: Readonly<Record<Phase, string>>;
  readonly phaseText: Readonly<Record<Phase, string>>;
  readonly takeTurn: string;
  readonly orderWith: (time: string, address: string) => string;
  readonly passEndedTitle: string;
  readonly passEnded: string;
  readonly yourTurn: string;
  readonly spentTitle: string;
  readonly spent: string;
  readonly findOrder: string;
};

export const roomWords: InEach<RoomWords> = {
  id: {
    phases: {
      closed: 'Memakai ruang tunggu',
      pre_queue: 'Antrean sudah dibuka',
      drawing: 'Antrean sedang diundi',
      open: 'Penjualan melalui ruang tunggu',
      probably_sold_out: 'Kemungkinan besar habis',
      over: 'Ruang tunggu selesai',
    },
    phaseText: {
      closed: 'Tiket dijual melalui antrean yang diundi. Siapkan alamat Anda lebih dulu.',
      pre_queue: 'Ambil tempat sebelum undian: semua berpeluang sama.',
      drawing: 'Nomor sedang ditentukan. Yang baru masuk antre di belakang.',
      open: 'Nomor dipanggil satu per satu. Yang dipanggil boleh memesan di sini.',
      probably_sold_out: 'Yang sudah dipanggil dapat mengambil semua yang tersisa.',
      over: '',
    },
    takeTurn: 'Ke ruang tunggu',
    orderWith: (time, address) =>
      `Buat satu pesanan sampai pukul ${time}. Pakai ${address}, seperti yang Anda konfirmasi.`,
    passEndedTitle: 'Izin memesan Anda sudah berakhir',
    passEnded: 'Lihat di ruang tunggu apakah giliran Anda masih berjalan.',
    yourTurn: 'Giliran Anda!',
    spentTitle: 'Giliran Anda sudah dipakai',
    spent: 'Satu giliran untuk satu pesanan, dan pesanan itu sudah dibuat.',
    findOrder: 'Cari pesanan',
  },
  en: {
    phases: {
      closed: 'Sold through a waiting room',
      pre_queue: 'The line is open',
      drawing: 'The line is being drawn',
      open: 'On sale through the waiting room',
      probably_sold_out: 'Probably sold out',
      over: 'The waiting room is over',
    },
    phaseText: {
      closed: 'Tickets are sold to a line whose order is drawn. You can get ready now.',
      pre_queue: 'Take a place before the draw: everybody has the same chance.',
      drawing: 'Numbers are being drawn. New places are at the end of the line.',
      open: 'Numbers are called one after another. Buyers who were called order here.',
      probably_sold_out: 'Those who have been called can take all that is left.',
      over: '',
    },
    takeTurn: 'To the waiting room',
    orderWith: (time, address) => `Place one order until ${time}. Use ${address}, as you confirmed it.`,
    passEndedTitle: 'Your right to order has ended',
    passEnded: 'See in the waiting room whether your turn still lasts.',
    yourTurn: 'Your turn!',
    spentTitle: 'Your turn has been used',
    spent: 'One turn is for one order, and that order has been placed.',
    findOrder: 'Find my order',
  },
};
