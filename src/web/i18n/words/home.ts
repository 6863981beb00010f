import type { InEach } from '../language.ts';

type HomeWords = {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly search: string;
  readonly searchHint: string;
  readonly city: string;
  readonly cityHint: string;
  readonly find: string;
  readonly all: string;
  readonly results: string;
  readonly coming: string;
  readonly none: string;
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
    find: 'Cari',
    all: 'Semua acara',
    results: 'Hasil pencarian',
    coming: 'Yang akan datang',
    none: 'Belum ada acara yang cocok.',
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
    find: 'Search',
    all: 'All events',
    results: 'Search results',
    coming: 'Coming up',
    none: 'No event fits yet.',
    noneHint: 'Try other words, or see all events.',
    from: (price) => `from ${price}`,
    free: 'Free tickets',
    cancelled: 'Cancelled',
    more: 'Next events',
  },
};
