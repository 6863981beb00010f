import type { SaleStage } from '../../sale-stage.ts';
import { type InEach, countedEn } from '../language.ts';

type EventWords = {
  readonly when: string;
  readonly doors: string;
  readonly where: string;
  readonly map: string;
  readonly calendar: string;
  readonly remindOfSale: string;
  readonly by: string;
  readonly about: string;
  readonly schedule: string;
  readonly tickets: string;
  readonly chooseTickets: string;
  readonly cancelled: string;
  readonly cancelledText: string;
  readonly preview: string;
  readonly previewLinks: string;
  readonly postponed: string;
  readonly postponedText: string;
  readonly salesStopped: string;
  readonly noCategories: string;
  readonly bands: Readonly<Record<'many' | 'few' | 'last' | 'none', string>>;
  readonly opensAt: (time: string) => string;
  readonly closed: string;
  /** What can be done now, said below the event's name. */
  readonly stageTitle: Readonly<Record<SaleStage, string>>;
  readonly soldOutText: string;
  /** What was chosen and cannot be ordered any more. */
  readonly goneWhileChosen: (category: string) => string;
  readonly closedWhileChosen: (category: string) => string;
  readonly opensIn: string;
  readonly days: (count: number) => string;
  readonly keepOpen: string;
  readonly perOrder: (min: number, max: number) => string;
  readonly perBuyer: (max: number) => string;
  readonly orderMax: (max: number) => string;
  readonly buyerMax: (max: number) => string;
  readonly fee: (amount: string) => string;
  readonly refundable: (hours: number) => string;
  readonly fewer: (category: string) => string;
  readonly more: (category: string) => string;
  readonly quantityOf: (category: string) => string;
  readonly yourDetails: string;
  readonly name: string;
  readonly email: string;
  readonly emailHint: string;
  readonly phone: string;
  readonly phoneHint: string;
  readonly promo: string;
  readonly promoAdd: string;
  readonly total: string;
  readonly promoApply: string;
  readonly promoTaken: (discount: string) => string;
  readonly subtotal: string;
  readonly discount: string;
  readonly fees: string;
  readonly place: string;
  readonly payLater: string;
  readonly privacy: string;
};

export const eventWords: InEach<EventWords> = {
  id: {
    when: 'Waktu',
    doors: 'Pintu dibuka',
    where: 'Tempat',
    map: 'Lihat peta',
    calendar: 'Simpan ke kalender',
    remindOfSale: 'Ingatkan lewat kalender',
    by: 'Penyelenggara',
    about: 'Tentang acara',
    schedule: 'Jadwal',
    tickets: 'Tiket',
    chooseTickets: 'Pilih tiket',
    cancelled: 'Acara dibatalkan',
    cancelledText: 'Penyelenggara membatalkan acara ini. Pembeli tiket dihubungi melalui email.',
    preview: 'Hanya tim Anda yang melihat halaman ini. Di sini tidak ada yang dapat dipesan.',
    previewLinks: 'Tautan ke halaman lain berfungsi setelah acara ditampilkan ke publik.',
    postponed: 'Acara ditunda',
    postponedText: 'Tanggal baru belum ditentukan. Tiket yang sudah dibeli tetap berlaku, dan pemiliknya dikabari.',
    salesStopped: 'Penjualan sedang ditutup oleh penyelenggara.',
    noCategories: 'Tiket belum diumumkan.',
    bands: { many: 'Tersedia', few: 'Tinggal sedikit', last: 'Tiket terakhir', none: 'Habis' },
    opensAt: (time) => `Dijual mulai ${time}`,
    closed: 'Penjualan ditutup',
    stageTitle: {
      open: 'Tiket tersedia',
      upcoming: 'Penjualan belum dibuka',
      sold_out: 'Tiket habis',
      over: 'Penjualan sudah ditutup',
    },
    soldOutText:
      'Pesanan yang tidak dibayar dijual kembali. Biarkan halaman ini terbuka: begitu ada tiket, formulirnya muncul di sini.',
    goneWhileChosen: (category) => `${category} baru saja habis, jadi tidak lagi ada dalam pesanan Anda.`,
    closedWhileChosen: (category) => `Penjualan ${category} baru saja ditutup, jadi tidak lagi ada dalam pesanan Anda.`,
    opensIn: 'Penjualan dibuka dalam',
    days: (count) => `${count} hari`,
    keepOpen: 'Biarkan halaman ini terbuka. Formulir pesanan muncul tepat waktu.',
    perOrder: (min, max) => (min > 1 ? `${min}–${max} tiket per pesanan` : `Paling banyak ${max} per pesanan`),
    perBuyer: (max) => `${max} per pembeli`,
    orderMax: (max) => `Satu pesanan memuat paling banyak ${max} tiket.`,
    buyerMax: (max) => `Satu pembeli mendapat paling banyak ${max} tiket.`,
    fee: (amount) => `Biaya layanan ${amount} untuk setiap tiket yang tidak gratis.`,
    refundable: (hours) => `Pesanan yang sudah dibayar dapat dibatalkan sampai ${hours} jam sebelum acara.`,
    fewer: (category) => `Kurangi ${category}`,
    more: (category) => `Tambah ${category}`,
    quantityOf: (category) => `Jumlah ${category}`,
    yourDetails: 'Data Anda',
    name: 'Nama lengkap',
    email: 'Email',
    emailHint: 'Tiket dikirim ke sini.',
    phone: 'Nomor WhatsApp',
    phoneHint: 'Contoh: 0812 3456 7890',
    promo: 'Kode promo',
    promoAdd: 'Punya kode promo?',
    total: 'Total',
    promoApply: 'Pakai',
    promoTaken: (discount) => `Kode dipakai: hemat ${discount}.`,
    subtotal: 'Tiket',
    discount: 'Potongan',
    fees: 'Biaya layanan',
    place: 'Pesan tiket',
    payLater: 'Tiket ditahan untuk Anda, lalu Anda membayar.',
    privacy: 'Tiket dikirim dengan atau tanpa persetujuan ini. Selain itu, data Anda hanya dipakai untuk pesanan.',
  },
  en: {
    when: 'When',
    doors: 'Doors open',
    where: 'Where',
    map: 'See the map',
    calendar: 'Add to calendar',
    remindOfSale: 'Remind me in my calendar',
    by: 'Organiser',
    about: 'About',
    schedule: 'Schedule',
    tickets: 'Tickets',
    chooseTickets: 'Choose tickets',
    cancelled: 'Event cancelled',
    cancelledText: 'The organiser has called this event off. Ticket holders are told by email.',
    preview: 'Only your team sees this page. Nothing can be ordered here.',
    previewLinks: 'Links to other pages work once the event is published.',
    postponed: 'Postponed',
    postponedText: 'There is no new date yet. Tickets stay valid, and their holders will be told.',
    salesStopped: 'The organiser has closed sales for now.',
    noCategories: 'Tickets are not announced yet.',
    bands: { many: 'Available', few: 'Few left', last: 'Last tickets', none: 'Sold out' },
    opensAt: (time) => `On sale from ${time}`,
    closed: 'Sale closed',
    stageTitle: {
      open: 'Tickets available',
      upcoming: 'Not on sale yet',
      sold_out: 'Sold out',
      over: 'The sale has ended',
    },
    soldOutText:
      'Orders that are not paid come back on sale. Leave this page open: the form appears here as soon as there are tickets.',
    goneWhileChosen: (category) => `${category} has just sold out, and is no longer in your order.`,
    closedWhileChosen: (category) => `The sale of ${category} has just ended, and it is no longer in your order.`,
    opensIn: 'The sale opens in',
    days: (count) => countedEn(count, 'day'),
    keepOpen: 'Leave this page open. The order form appears on time.',
    perOrder: (min, max) => (min > 1 ? `${min}–${max} per order` : `At most ${max} per order`),
    perBuyer: (max) => `${max} per buyer`,
    orderMax: (max) => `One order holds at most ${countedEn(max, 'ticket')}.`,
    buyerMax: (max) => `One buyer gets at most ${countedEn(max, 'ticket')}.`,
    fee: (amount) => `A service fee of ${amount} is added to each ticket that is not free.`,
    refundable: (hours) => `Paid orders can be cancelled until ${countedEn(hours, 'hour')} before the event.`,
    fewer: (category) => `One less ${category}`,
    more: (category) => `One more ${category}`,
    quantityOf: (category) => `Number of ${category}`,
    yourDetails: 'Your details',
    name: 'Full name',
    email: 'Email',
    emailHint: 'Tickets are sent here.',
    phone: 'WhatsApp number',
    phoneHint: 'For example 0812 3456 7890',
    promo: 'Promo code',
    promoAdd: 'Have a promo code?',
    total: 'Total',
    promoApply: 'Apply',
    promoTaken: (discount) => `Code applied: you save ${discount}.`,
    subtotal: 'Tickets',
    discount: 'Discount',
    fees: 'Service fee',
    place: 'Order tickets',
    payLater: 'The tickets are held for you, then you pay.',
    privacy: 'Tickets are sent with or without it. Apart from that we use your details for your order only.',
  },
};
