import type { InEach } from '../../language.ts';

const id = {
  title: 'Kontak dan ketentuan',
  lead: 'Tampil di halaman acara, di halaman pesanan dan di email. Balasan pembeli masuk ke email kontak.',
  contact: 'Kontak untuk pembeli',
  email: 'Email kontak',
  phone: 'Telepon kontak',
  privacy: 'Kebijakan privasi',
  privacyHint: 'Data apa yang Anda simpan, untuk apa, dan berapa lama. Baris kosong memulai paragraf baru.',
  terms: 'Syarat dan ketentuan',
  termsHint: 'Misalnya pengembalian dana, batas usia, dan barang yang dilarang.',
  inIndonesian: 'Bahasa Indonesia',
  inEnglish: 'Bahasa Inggris',
  save: 'Simpan',
};

const en: typeof id = {
  title: 'Contact and terms',
  lead: 'Shown on event pages, order pages and in mails. Replies from buyers go to the contact email.',
  contact: 'Contact for buyers',
  email: 'Contact email',
  phone: 'Contact phone',
  privacy: 'Privacy notice',
  privacyHint: 'Which data you keep, what for, and how long. A blank line begins a paragraph.',
  terms: 'Terms',
  termsHint: 'For example refunds, age limits, and what may not be brought in.',
  inIndonesian: 'In Indonesian',
  inEnglish: 'In English',
  save: 'Save',
};

export const profileWords: InEach<typeof id> = { id, en };
