import type { InEach } from '../language.ts';

type FindOrderWords = {
  readonly title: string;
  readonly lead: string;
  readonly by: string;
  readonly phone: string;
  readonly phoneHint: string;
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
    lead: 'Tautan pesanan hilang? Tulis email atau nomor WhatsApp yang dipakai memesan. Kami kirim ulang ke alamat pada pesanan.',
    by: 'Cari dengan',
    phone: 'Nomor WhatsApp',
    phoneHint: 'Nomor yang dipakai saat memesan.',
    email: 'Email',
    emailHint: 'Email yang dipakai saat memesan.',
    code: 'Kode pesanan (bila ada)',
    codeHint: 'Misalnya 9QX4T-0RBVE. Tanpa kode, kami kirim tautan pesanan terakhir yang sudah dibayar.',
    send: 'Kirim tautan',
    sentTitle: 'Periksa pesan Anda',
    sentText:
      'Bila ada pesanan yang cocok, tautannya dikirim ke email pada pesanan, dan ke WhatsApp bila bisa. Lihat juga folder spam; bisa perlu beberapa menit.',
  },
  en: {
    title: 'Find my order',
    lead: 'Lost the link to your order? Enter the email or WhatsApp number you ordered with. We send it again to the addresses on the order.',
    by: 'Find it by',
    phone: 'WhatsApp number',
    phoneHint: 'The number you ordered with.',
    email: 'Email',
    emailHint: 'The address you ordered with.',
    code: 'Order code (if you have it)',
    codeHint: 'For example 9QX4T-0RBVE. Without it we send the links to your latest paid orders.',
    send: 'Send the link',
    sentTitle: 'Check your messages',
    sentText:
      'If there is such an order, its link is on its way to the email on the order, and to WhatsApp where possible. Look into spam, too; it may take some minutes.',
  },
};
