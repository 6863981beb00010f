import type { InEach } from '../../language.ts';

type StageWord =
  | 'not_yet'
  | 'join'
  | 'joined'
  | 'drawing'
  | 'drawn'
  | 'waiting'
  | 'called'
  | 'passed'
  | 'sold_out'
  | 'lapsed'
  | 'spent'
  | 'unpaid'
  | 'over'
  | 'all_sold'
  | 'sale_over';

/** Where a buyer stands in the waiting room, in one sentence and its explanation. */
export type StageWords = Readonly<Record<StageWord, { readonly title: string; readonly text: string }>>;

export const stageWords: InEach<StageWords> = {
  id: {
    not_yet: {
      title: 'Antrean belum dibuka',
      text: 'Anda boleh mengonfirmasi alamat sekarang, supaya nanti tinggal masuk. Tidak perlu menjadi yang pertama: semua yang masuk sebelum undian berpeluang sama.',
    },
    join: {
      title: 'Ambil tempat di antrean',
      text: 'Semua yang masuk sebelum undian berpeluang sama, pukul berapa pun masuknya.',
    },
    joined: {
      title: 'Anda sudah di antrean',
      text: 'Undian menentukan nomor Anda. Anda boleh menutup halaman ini dan kembali lagi; tempat Anda tersimpan.',
    },
    drawing: {
      title: 'Sedang diundi',
      text: 'Daftar sudah dikunci. Nomor Anda ditentukan oleh angka acak publik yang belum ada sekarang, sehingga tidak seorang pun dapat memilihnya.',
    },
    drawn: {
      title: 'Nomor Anda sudah keluar',
      text: 'Perangkat Anda menghitungnya sendiri dari hasil undian. Pemanggilan dimulai saat penjualan dibuka.',
    },
    waiting: {
      title: 'Menunggu giliran',
      text: 'Halaman ini membaca antrean sendiri; memuat ulang tidak mempercepat.',
    },
    called: { title: 'Giliran Anda', text: 'Menukar nomor Anda dengan izin memesan…' },
    passed: { title: 'Giliran Anda', text: '' },
    sold_out: {
      title: 'Kemungkinan besar habis',
      text: 'Mereka yang sudah dipanggil dapat mengambil semua tiket yang tersisa, jadi pemanggilan berhenti. Anda tidak perlu menunggu. Bila ada tiket yang kembali, pemanggilan berlanjut; nomor yang sudah ada tetap berlaku.',
    },
    lapsed: { title: 'Giliran Anda sudah lewat', text: '' },
    spent: {
      title: 'Tempat ini sudah dipakai',
      text: 'Satu tempat berlaku untuk satu pesanan, dan pesanan itu sudah dibuat.',
    },
    unpaid: {
      title: 'Pesanan Anda berakhir tanpa dibayar',
      text: 'Tiketnya dijual kembali.',
    },
    over: {
      title: 'Ruang tunggu sudah selesai',
      text: 'Yang masih tersisa dijual tanpa antrean di halaman acara.',
    },
    all_sold: {
      title: 'Semua tiket terjual',
      text: 'Tidak ada lagi yang dipanggil, dan Anda tidak perlu menunggu. Tiket yang kembali dijual di halaman acara, atau ditawarkan kepada daftar tunggunya bila ada.',
    },
    sale_over: {
      title: 'Penjualan sudah berakhir',
      text: 'Tiket acara ini tidak dijual lagi. Keterangan tentang acara ada di halamannya.',
    },
  },
  en: {
    not_yet: {
      title: 'The line has not opened',
      text: 'You can confirm your address now, so that joining is quick. There is no need to be first: everybody who joins before the draw has the same chance.',
    },
    join: {
      title: 'Take a place in the line',
      text: 'Everybody who joins before the draw has the same chance, whenever they join.',
    },
    joined: {
      title: 'You are in the line',
      text: 'The draw decides your number. You may close this page and come back; your place is kept.',
    },
    drawing: {
      title: 'The draw is under way',
      text: 'The list is frozen. Your number comes from a public random number that does not exist yet, so nobody can choose it.',
    },
    drawn: {
      title: 'Your number is drawn',
      text: 'Your device has computed it from the draw. Calling begins when the sale opens.',
    },
    waiting: {
      title: 'Waiting for your turn',
      text: 'This page reads the line by itself; reloading does not make it faster.',
    },
    called: { title: 'Your turn', text: 'Exchanging your number for the right to order…' },
    passed: { title: 'Your turn', text: '' },
    sold_out: {
      title: 'Probably sold out',
      text: 'Those who have been called can take all the tickets that are left, so calling has stopped. You need not wait. Should tickets come back, calling goes on, and numbers that are out stay good.',
    },
    lapsed: { title: 'Your turn has passed', text: '' },
    spent: {
      title: 'This place has been used',
      text: 'One place is good for one order, and that order has been placed.',
    },
    unpaid: {
      title: 'Your order ended unpaid',
      text: 'Its tickets are on sale again.',
    },
    over: {
      title: 'The waiting room is over',
      text: 'What is left is sold without a line, on the event’s page.',
    },
    all_sold: {
      title: 'All tickets are sold',
      text: 'Nobody is called any more, and you need not wait. Tickets that come back are sold on the event’s page, or offered to its waiting list if it has one.',
    },
    sale_over: {
      title: 'The sale has ended',
      text: 'Tickets of this event are no longer sold. The event’s page says more about it.',
    },
  },
};
