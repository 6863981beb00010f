import type { DemoEvent } from './programme-types.ts';

/** The event with more buyers than can be served at once. Its waiting room opens with the stack. */
export const queued: readonly DemoEvent[] = [
  {
    slug: 'gita-semesta',
    name: 'Gita Semesta: Konser Reuni',
    summary: 'Sepuluh tahun menunggu, satu malam. Penjualannya lewat ruang tunggu yang diundi.',
    description:
      'Formasi lengkap untuk pertama kali sejak 2016. Karena peminatnya jauh melebihi kursi, giliran membeli diundi: ambil tempat di ruang tunggu sebelum daftarnya dibekukan.',
    category: 'concert',
    city: 'Jakarta',
    venue: 'Gedung Kesenian Cikini',
    address: 'Jl. Cikini Raya 73, Jakarta Pusat',
    timeZone: 'Asia/Jakarta',
    doors: { day: 21, hour: 18 },
    starts: { day: 21, hour: 19 },
    ends: { day: 21, hour: 23 },
    saleOpens: { minutes: 0 },
    saleCloses: { day: 21, hour: 17 },
    feePerTicket: 7500,
    pools: { Balkon: 400 },
    categories: [
      { name: 'Balkon', description: 'Duduk, nomor bebas.', price: 275_000, pool: 'Balkon', perOrderMax: 4 },
      {
        name: 'Undangan Warga',
        description: 'Gratis, satu untuk tiap pembeli.',
        price: 0,
        pool: 'Balkon',
        perOrderMax: 1,
        perBuyerMax: 1,
      },
    ],
    schedule: [
      { title: 'Pembuka', stage: 'Utama', from: { day: 21, hour: 19 }, to: { day: 21, hour: 20 } },
      { title: 'Gita Semesta', stage: 'Utama', from: { day: 21, hour: 20 }, to: { day: 21, hour: 22 } },
    ],
    gates: [{ name: 'Pintu Cikini' }],
    room: { freezesAfterMinutes: 3, opensAfterMinutes: 5, rateMax: 0.5, turnSeconds: 300, others: 40 },
  },
];
