import type { InEach } from '../../language.ts';
import { type StageWords, stageWords } from './queue-stages.ts';

/** The texts of the waiting room's page, and what other pages say about a waiting room. */
type QueueWords = {
  readonly title: string;
  readonly intro: string;
  readonly loading: string;
  readonly offline: string;
  readonly slow: string;
  readonly times: string;
  readonly steps: Readonly<Record<'preQueue' | 'freeze' | 'open', string>>;
  readonly stepText: Readonly<Record<'preQueue' | 'freeze' | 'open', string>>;
  readonly how: string;
  readonly howPoints: readonly string[];
  readonly stages: StageWords;
  readonly joinLate: string;
  readonly confirmed: string;
  readonly drawLate: string;
  readonly paused: string;
  readonly drawAgain: string;
  readonly opensIn: string;
  readonly drawIn: string;
  readonly saleIn: string;
  readonly passLeft: string;
  readonly number: string;
  readonly ahead: string;
  readonly nobodyAhead: string;
  readonly estimate: string;
  readonly estimateLater: string;
  readonly progressLabel: string;
  readonly pace: (perMinute: string) => string;
  readonly stock: string;
  readonly keepOpen: string;
  readonly passUntil: (time: string, address: string) => string;
  readonly order: string;
  readonly openOrder: string;
  readonly findOrder: string;
  readonly toEvent: string;
  readonly otherAddress: string;
  readonly yourTurn: string;
  readonly aheadShort: (count: string) => string;
  readonly placeInvalid: string;
};

export const queueWords: InEach<QueueWords> = {
  id: {
    title: 'Ruang tunggu',
    intro: 'Penjualan ini memakai antrean yang diundi: semua yang masuk sebelum undian berpeluang sama.',
    loading: 'Membuka ruang tunggu…',
    offline: 'Sambungan terputus. Tempat Anda aman; kami mencoba lagi.',
    slow: 'Sedang sangat ramai. Tempat Anda aman; kami mencoba lagi.',
    times: 'Jadwal',
    steps: { preQueue: 'Antrean dibuka', freeze: 'Undian', open: 'Penjualan dibuka' },
    stepText: {
      preQueue: 'Ambil tempat kapan saja sampai undian. Tidak perlu cepat-cepat.',
      freeze: 'Daftar dikunci, lalu angka acak publik menentukan nomor semua orang.',
      open: 'Nomor dipanggil satu per satu, secepat pesanan dapat dilayani.',
    },
    how: 'Bagaimana antrean ini bekerja?',
    howPoints: [
      'Satu email atau nomor WhatsApp yang dikonfirmasi mendapat satu tempat. Masuk lagi dengan alamat yang sama memberi tempat yang sama.',
      'Membuka banyak tab atau memuat ulang halaman tidak mengubah apa pun. Menutup halaman tidak menghilangkan tempat Anda.',
      'Yang datang setelah undian antre di belakang, menurut urutan datang.',
      'Saat dipanggil, Anda mendapat izin untuk satu pesanan, dengan email atau nomor yang Anda konfirmasi.',
      'Undiannya dapat diperiksa siapa saja. Halaman ini menghitung nomor Anda sendiri, di perangkat Anda.',
    ],
    stages: stageWords.id,
    joinLate: 'Undian sudah lewat: yang baru masuk antre di belakang, menurut urutan datang.',
    confirmed:
      'Alamat Anda sudah dikonfirmasi. Biarkan halaman ini terbuka: begitu antrean dibuka, tempat Anda diambil sendiri.',
    drawLate: 'Undian tertunda. Penjualan menunggu sampai undian selesai.',
    paused: 'Pemanggilan sedang dihentikan. Nomor Anda tetap, dan waktu tidak berjalan.',
    drawAgain: 'Undian sebelumnya dibatalkan secara terbuka, dan undian ini menggantikannya.',
    opensIn: 'Antrean dibuka dalam',
    drawIn: 'Undian dalam',
    saleIn: 'Penjualan dibuka dalam',
    passLeft: 'Sisa waktu memesan',
    number: 'Nomor Anda',
    ahead: 'Di depan Anda',
    nobodyAhead: 'Anda berikutnya',
    estimate: 'Perkiraan',
    estimateLater: 'setelah penjualan dibuka',
    progressLabel: 'Sejauh ini nomor yang sudah dipanggil sampai ke nomor Anda',
    pace: (perMinute) =>
      `Sekarang sekitar ${perMinute} nomor dipanggil per menit. Lajunya mengikuti kecepatan pesanan, jadi perkiraan dapat berubah.`,
    stock: 'Persediaan tiket',
    keepOpen: 'Kembalilah sebelum nomor Anda dipanggil: giliran yang tidak dipakai akan lewat.',
    passUntil: (time, address) => `Anda boleh membuat satu pesanan sampai pukul ${time}, dengan ${address}.`,
    order: 'Pesan tiket sekarang',
    openOrder: 'Buka pesanan',
    findOrder: 'Cari pesanan',
    toEvent: 'Ke halaman acara',
    otherAddress: 'Masuk dengan alamat lain',
    yourTurn: 'Giliran Anda!',
    aheadShort: (count) => `${count} di depan`,
    placeInvalid: 'Tempat ini tidak berlaku lagi. Ambil tempat lagi dengan alamat yang sama.',
  },
  en: {
    title: 'Waiting room',
    intro: 'This sale has a line whose order is drawn: everybody who joins before the draw has the same chance.',
    loading: 'Opening the waiting room…',
    offline: 'The connection is lost. Your place is safe; we keep trying.',
    slow: 'It is very busy. Your place is safe; we keep trying.',
    times: 'Times',
    steps: { preQueue: 'The line opens', freeze: 'The draw', open: 'The sale opens' },
    stepText: {
      preQueue: 'Take a place at any time until the draw. There is no hurry.',
      freeze: 'The list is frozen, then a public random number decides everybody’s number.',
      open: 'Numbers are called one after another, as fast as orders can be served.',
    },
    how: 'How does this line work?',
    howPoints: [
      'One confirmed email or WhatsApp number gets one place. Joining again with the same address gives the same place.',
      'Many tabs or reloading change nothing. Closing the page does not lose your place.',
      'People who come after the draw join at the end of the line, in the order in which they come.',
      'When you are called, you may place one order, with the email or number that you confirmed.',
      'Anybody can check the draw. This page computes your number by itself, on your device.',
    ],
    stages: stageWords.en,
    joinLate: 'The draw is over: new places are at the end of the line, in the order in which people join.',
    confirmed: 'Your address is confirmed. Leave this page open: once the line opens, your place is taken by itself.',
    drawLate: 'The draw is late. The sale waits until it is done.',
    paused: 'Calling is paused now. Your number stays, and no time runs out.',
    drawAgain: 'An earlier draw was void, in public, and this one replaces it.',
    opensIn: 'The line opens in',
    drawIn: 'The draw is in',
    saleIn: 'The sale opens in',
    passLeft: 'Time left to order',
    number: 'Your number',
    ahead: 'Ahead of you',
    nobodyAhead: 'You are next',
    estimate: 'Estimate',
    estimateLater: 'once the sale is open',
    progressLabel: 'How far calling has come towards your number',
    pace: (perMinute) =>
      `Numbers called per minute now: about ${perMinute}. The pace follows how fast orders can be served, so the estimate may change.`,
    stock: 'Tickets left',
    keepOpen: 'Be back before your number is called: a turn that is not used passes.',
    passUntil: (time, address) => `You may place one order until ${time}, with ${address}.`,
    order: 'Order tickets now',
    openOrder: 'Open the order',
    findOrder: 'Find my order',
    toEvent: 'To the event',
    otherAddress: 'Join with another address',
    yourTurn: 'Your turn!',
    aheadShort: (count) => `${count} ahead`,
    placeInvalid: 'This place is not good any more. Take one again with the same address.',
  },
};
