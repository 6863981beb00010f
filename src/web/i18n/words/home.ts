import type { Currency } from '../../../platform/text/money.ts';
import type { InEach } from '../language.ts';

/** When an event takes place, as the search form offers it. */
export type When = 'today' | 'weekend' | 'week' | 'month';

type HomeWords = {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly search: string;
  readonly searchHint: string;
  readonly city: string;
  readonly cityHint: string;
  readonly kind: string;
  readonly anyKind: string;
  readonly when: string;
  readonly whens: Readonly<Record<'any' | When, string>>;
  readonly price: string;
  readonly anyPrice: string;
  readonly upTo: (price: string) => string;
  readonly onlyFree: string;
  readonly onlyInCurrency: Readonly<Record<Currency, string>>;
  readonly organizer: string;
  readonly eventsBy: (organizer: string) => string;
  readonly find: string;
  readonly all: string;
  readonly results: string;
  readonly coming: string;
  readonly none: string;
  readonly noneNow: string;
  readonly noneHint: string;
  readonly from: (price: string) => string;
  readonly free: string;
  readonly cancelled: string;
  readonly more: string;
};

export const homeWords: InEach<HomeWords> = {
  id: {
    title: 'Acara',
    heading: 'Keluar rumah, yuk.',
    lead: 'Konser, teater, lari pagi, dan semua di antaranya. Pilih acara, antre dengan tenang, tiket langsung sampai.',
    search: 'Cari acara',
    searchHint: 'Nama, tempat, jenis',
    city: 'Kota',
    cityHint: 'Semua kota',
    kind: 'Jenis',
    anyKind: 'Semua jenis',
    when: 'Kapan',
    whens: {
      any: 'Kapan saja',
      today: 'Hari ini',
      weekend: 'Akhir pekan ini',
      week: '7 hari ke depan',
      month: '31 hari ke depan',
    },
    price: 'Harga tiket',
    anyPrice: 'Semua harga',
    upTo: (price) => `Sampai ${price}`,
    onlyFree: 'Gratis',
    onlyInCurrency: {
      IDR: 'Hanya acara dengan harga dalam rupiah.',
      USD: 'Hanya acara dengan harga dalam dolar Amerika.',
      SGD: 'Hanya acara dengan harga dalam dolar Singapura.',
      MYR: 'Hanya acara dengan harga dalam ringgit.',
    },
    organizer: 'Penyelenggara',
    eventsBy: (organizer) => `Acara oleh ${organizer}`,
    find: 'Cari',
    all: 'Semua acara',
    results: 'Hasil pencarian',
    coming: 'Yang akan datang',
    none: 'Belum ada acara yang cocok.',
    noneNow: 'Saat ini belum ada acara yang akan datang.',
    noneHint: 'Coba kata lain, atau lihat semua acara.',
    from: (price) => `mulai ${price}`,
    free: 'Ada tiket gratis',
    cancelled: 'Dibatalkan',
    more: 'Acara berikutnya',
  },
  en: {
    title: 'Events',
    heading: 'Go out tonight.',
    lead: 'Concerts, theatre, morning runs and everything between. Choose an event, queue calmly, get your ticket at once.',
    search: 'Search events',
    searchHint: 'Name, venue, kind',
    city: 'City',
    cityHint: 'All cities',
    kind: 'Kind',
    anyKind: 'All kinds',
    when: 'When',
    whens: { any: 'Any time', today: 'Today', weekend: 'This weekend', week: 'Next 7 days', month: 'Next 31 days' },
    price: 'Ticket price',
    anyPrice: 'Any price',
    upTo: (price) => `Up to ${price}`,
    onlyFree: 'Free',
    onlyInCurrency: {
      IDR: 'Only events with prices in rupiah.',
      USD: 'Only events with prices in US dollars.',
      SGD: 'Only events with prices in Singapore dollars.',
      MYR: 'Only events with prices in ringgit.',
    },
    organizer: 'Organiser',
    eventsBy: (organizer) => `Events by ${organizer}`,
    find: 'Search',
    all: 'All events',
    results: 'Search results',
    coming: 'Coming up',
    none: 'No event fits yet.',
    noneNow: 'No events are planned at the moment.',
    noneHint: 'Try other words, or see all events.',
    from: (price) => `from ${price}`,
    free: 'Free tickets',
    cancelled: 'Cancelled',
    more: 'Next events',
  },
};
