import type { InEach } from '../language.ts';

type SiteWords = {
  readonly tagline: string;
  readonly events: string;
  readonly findOrder: string;
  readonly otherLanguage: string;
  readonly didYouMean: string;
  readonly skip: string;
  readonly needsScript: string;
  readonly footer: string;
  readonly staff: string;
  readonly missingTitle: string;
  readonly missingText: string;
  readonly busyTitle: string;
  readonly busyText: string;
  readonly toEvents: string;
};

export const siteWords: InEach<SiteWords> = {
  id: {
    tagline: 'Tiket, dengan antrean yang adil',
    events: 'Acara',
    findOrder: 'Cari pesanan',
    otherLanguage: 'English',
    didYouMean: 'Maksud Anda',
    skip: 'Langsung ke isi',
    needsScript: 'Halaman ini memerlukan JavaScript untuk memesan dan menampilkan tiket. Nyalakan lalu muat ulang.',
    footer: 'antre menjaga antrean: satu kursi, satu orang, satu tiket.',
    staff: 'Petugas pintu',
    missingTitle: 'Halaman ini tidak ada',
    missingText: 'Tautannya mungkin salah ketik, atau acaranya sudah tidak ditampilkan.',
    busyTitle: 'Sebentar, ya',
    busyText: 'Halaman ini sedang tidak dapat dimuat. Tunggu beberapa detik, lalu muat ulang.',
    toEvents: 'Lihat semua acara',
  },
  en: {
    tagline: 'Tickets, with a fair queue',
    events: 'Events',
    findOrder: 'Find my order',
    otherLanguage: 'Indonesia',
    didYouMean: 'Did you mean',
    skip: 'Skip to content',
    needsScript: 'This page needs JavaScript to place orders and show tickets. Turn it on, then reload.',
    footer: 'antre keeps the queue: one seat, one person, one ticket.',
    staff: 'Door staff',
    missingTitle: 'There is no such page',
    missingText: 'The link may be mistyped, or the event is not shown any more.',
    busyTitle: 'One moment',
    busyText: 'This page cannot be loaded right now. Wait a few seconds, then reload.',
    toEvents: 'See all events',
  },
};
