import type { InEach } from '../language.ts';

type SiteWords = {
  readonly tagline: string;
  readonly events: string;
  readonly findOrder: string;
  readonly otherLanguage: string;
  readonly skip: string;
  readonly needsScript: string;
  readonly footer: string;
  readonly staff: string;
  readonly messages: Readonly<Record<'missing' | 'busy' | 'notSent' | 'broken', { title: string; text: string }>>;
  readonly requestId: string;
  readonly otherAddress: string;
  readonly toEvents: string;
  /** Before an address that was probably meant. */
  readonly didYouMean: string;
  /** After that address, when a form was not sent because of it. */
  readonly asTyped: string;
};

export const siteWords: InEach<SiteWords> = {
  id: {
    tagline: 'Tiket, dengan antrean yang adil',
    events: 'Acara',
    findOrder: 'Cari pesanan',
    otherLanguage: 'English',
    skip: 'Langsung ke isi',
    needsScript: 'Halaman ini memerlukan JavaScript untuk memesan dan menampilkan tiket. Nyalakan lalu muat ulang.',
    footer: 'antre menjaga antrean: satu kursi, satu orang, satu tiket.',
    staff: 'Petugas pintu',
    messages: {
      missing: {
        title: 'Halaman ini tidak ada',
        text: 'Tautannya mungkin salah ketik, atau acaranya sudah tidak ditampilkan.',
      },
      busy: {
        title: 'Sebentar, ya',
        text: 'Halaman ini sedang tidak dapat dimuat. Biarkan terbuka: halaman ini mencoba lagi sendiri beberapa detik lagi.',
      },
      notSent: {
        title: 'Belum terkirim',
        text: 'Formulir ini belum dapat dikirim. Kembali ke halaman sebelumnya, tunggu beberapa detik, lalu kirim lagi.',
      },
      broken: {
        title: 'Ada yang salah di pihak kami',
        text: 'Coba muat ulang halaman ini. Jika tetap begini, hubungi penyelenggara acara.',
      },
    },
    requestId: 'Sebutkan nomor ini:',
    otherAddress: 'Tidak ada yang sampai? Periksa alamatnya',
    toEvents: 'Lihat semua acara',
    didYouMean: 'Maksud Anda',
    asTyped: 'Kalau yang diketik sudah benar, kirim sekali lagi.',
  },
  en: {
    tagline: 'Tickets, with a fair queue',
    events: 'Events',
    findOrder: 'Find my order',
    otherLanguage: 'Indonesia',
    skip: 'Skip to content',
    needsScript: 'This page needs JavaScript to place orders and show tickets. Turn it on, then reload.',
    footer: 'antre keeps the queue: one seat, one person, one ticket.',
    staff: 'Door staff',
    messages: {
      missing: {
        title: 'There is no such page',
        text: 'The link may be mistyped, or the event is not shown any more.',
      },
      busy: {
        title: 'One moment',
        text: 'This page cannot be loaded right now. Leave it open: it tries again by itself in a few seconds.',
      },
      notSent: {
        title: 'Not sent yet',
        text: 'This form could not be sent now. Go back to the page before, wait a few seconds, then send it again.',
      },
      broken: {
        title: 'Something went wrong on our side',
        text: 'Load this page again. If it stays like this, ask the organiser of the event.',
      },
    },
    requestId: 'Tell them this number:',
    otherAddress: 'Nothing came? Check the address',
    toEvents: 'See all events',
    didYouMean: 'Did you mean',
    asTyped: 'If it is right as typed, send it again.',
  },
};
