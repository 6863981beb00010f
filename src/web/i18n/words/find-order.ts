import type { InEach } from '../language.ts';

type FindOrderWords = {
  readonly title: string;
  readonly lead: string;
  readonly email: string;
  readonly emailHint: string;
  readonly code: string;
  readonly codeHint: string;
  readonly send: string;
  readonly sentTitle: string;
  readonly sentText: string;
};

export const findOrderWords: InEach<FindOrderWords> = {
  id: {
    title: 'Cari pesanan',
    lead: 'Tautan pesanan hilang? Kami kirim ulang ke email yang dipakai saat memesan.',
    email: 'Email',
    emailHint: 'Email yang dipakai saat memesan.',
    code: 'Kode pesanan',
    codeHint: 'Sepuluh huruf dan angka, misalnya 9QX4T-0RBVE. Ada di setiap pesan dari kami.',
    send: 'Kirim tautan',
    sentTitle: 'Periksa email Anda',
    sentText:
      'Bila email dan kodenya cocok, tautan sudah dalam perjalanan. Lihat juga folder spam; bisa perlu beberapa menit.',
  },
  en: {
    title: 'Find my order',
    lead: 'Lost the link to your order? We send it again to the address you ordered with.',
    email: 'Email',
    emailHint: 'The address you ordered with.',
    code: 'Order code',
    codeHint: 'Ten letters and digits, for example 9QX4T-0RBVE. It is in every message from us.',
    send: 'Send the link',
    sentTitle: 'Check your inbox',
    sentText:
      'If address and code belong together, the link is on its way. Look into spam, too; it may take some minutes.',
  },
};
