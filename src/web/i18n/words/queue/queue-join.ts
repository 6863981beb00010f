import type { InEach } from '../../language.ts';

/** Joining: an address, a code, and a challenge if the room requires one. */
type JoinWords = {
  readonly byEmail: string;
  readonly byPhone: string;
  readonly way: string;
  readonly email: string;
  readonly emailHint: string;
  readonly phone: string;
  readonly phoneHint: string;
  readonly send: string;
  readonly sent: (address: string) => string;
  readonly code: string;
  readonly codeHint: string;
  readonly confirm: string;
  readonly again: string;
  readonly sentAgain: string;
  readonly other: string;
  readonly joining: string;
  readonly working: string;
  readonly workingLabel: string;
  readonly unknownWork: string;
  /** In a browser that stores nothing. */
  readonly notKept: string;
};

export const joinWords: InEach<JoinWords> = {
  id: {
    byEmail: 'Email',
    byPhone: 'WhatsApp',
    way: 'Konfirmasi melalui',
    email: 'Email',
    emailHint: 'Pakai email yang nanti dipakai memesan.',
    phone: 'Nomor WhatsApp',
    phoneHint: 'Pakai nomor yang nanti dipakai memesan, misalnya 0812 3456 7890.',
    send: 'Kirim kode',
    sent: (address) => `Kode enam angka dikirim ke ${address}. Lihat juga folder spam.`,
    code: 'Kode enam angka',
    codeHint: 'Berlaku sepuluh menit.',
    confirm: 'Konfirmasi',
    again: 'Kirim kode baru',
    sentAgain: 'Kode baru dikirim. Hanya yang terbaru yang berlaku di halaman ini.',
    other: 'Pakai alamat lain',
    joining: 'Mengambil tempat Anda…',
    working:
      'Perangkat Anda sedang menghitung sedikit, supaya robot tidak dapat masuk ribuan kali. Biarkan halaman terbuka.',
    workingLabel: 'Hitungan',
    unknownWork: 'Halaman ini sudah lama terbuka dan tidak mengenal hitungan yang diminta. Muat ulang halaman.',
    notKept:
      'Peramban ini tidak mengizinkan situs menyimpan data, jadi giliran Anda tidak sampai ke halaman pemesanan. Izinkan penyimpanan, atau buka halaman ini di peramban lain, sebelum mengambil tempat.',
  },
  en: {
    byEmail: 'Email',
    byPhone: 'WhatsApp',
    way: 'Confirm by',
    email: 'Email',
    emailHint: 'Use the address that you will order with.',
    phone: 'WhatsApp number',
    phoneHint: 'Use the number that you will order with, for example 0812 3456 7890.',
    send: 'Send a code',
    sent: (address) => `A code of six digits is on its way to ${address}. Look into spam, too.`,
    code: 'Code of six digits',
    codeHint: 'Good for ten minutes.',
    confirm: 'Confirm',
    again: 'Send a new code',
    sentAgain: 'A new code is on its way. Only the latest one counts on this page.',
    other: 'Use another address',
    joining: 'Taking your place…',
    working: 'Your device does a little work, so that robots cannot join by the thousand. Leave this page open.',
    workingLabel: 'Work',
    unknownWork: 'This page has been open for long and does not know the work that is asked for. Reload it.',
    notKept:
      'This browser does not let sites store data, so your turn would not reach the order page. Allow it, or open this page in another browser, before you take a place.',
  },
};
