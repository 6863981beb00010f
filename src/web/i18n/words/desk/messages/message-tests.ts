import type { InEach } from '../../../language.ts';

const id = {
  title: 'Uji kirim',
  test: 'Uji kirim',
  testOf: (number: string) => `Uji kirim: ${number}`,
  testMail: 'Kirim email uji ke saya',
  mailTitle: 'Email',
  mailLead: 'Tiket dan kabar dikirim lewat email. Uji ini mengirim satu email ke alamat Anda sendiri.',
  phoneHint:
    'Uji nomor mengirim satu pesan ke telepon di profil penyelenggara: kode 000000, yang tidak membuka apa pun.',
  again: 'Muat lagi',
  back: 'Kembali ke sambungan',
  toProfile: 'Buka profil',
  states: {
    queued: 'Sedang dikirim. Muat lagi halaman ini beberapa detik lagi.',
    taken: {
      email: 'Server email menerimanya. Periksa kotak masuk Anda, juga folder spam.',
      whatsapp: 'Penyedia menerimanya. Periksa telepon; kabar bahwa pesan sampai belum datang.',
    },
    arrived: 'Pesan sudah sampai.',
    unknown: 'Pesan keluar, tetapi penyedia tidak menjawab. Periksa telepon sebelum mencoba lagi.',
    suppressed:
      'Alamat ini tidak menerima pesan: pernah menolak, atau sudah tidak ada. Lihat daftar yang tidak dikirimi.',
    refused: 'Pesan ditolak.',
  },
  hints: {
    keys: 'Kunci atau token tidak diterima. Putuskan nomor ini, lalu sambungkan dengan kunci yang baru.',
    template: 'Template belum disetujui Meta. Ajukan template, dan tunggu persetujuannya.',
    device: 'Telepon tidak tersambung. Pindai lagi kode QR di penyedia.',
    quota: 'Kuota atau batas kirim hari ini habis. Tambah kuota, atau coba lagi besok.',
    recipient: 'Nomor di profil tidak punya WhatsApp, atau salah. Perbaiki nomornya di profil.',
    away: 'Penyedia tidak menjawab. Coba lagi beberapa menit lagi.',
    unusable: 'Nomor ini sedang tidak dipakai: beristirahat setelah penolakan, atau dihentikan penyedia.',
    other: 'Tanyakan kode ini kepada penyedia.',
  },
};

const en: typeof id = {
  title: 'Test message',
  test: 'Send a test',
  testOf: (number: string) => `Send a test: ${number}`,
  testMail: 'Send a test mail to me',
  mailTitle: 'Mail',
  mailLead: 'Tickets and notices go by mail. This test sends one mail to your own address.',
  phoneHint:
    'The test of a number sends one message to the phone in the profile of the organiser: the code 000000, which opens nothing.',
  again: 'Load again',
  back: 'Back to the connections',
  toProfile: 'Open the profile',
  states: {
    queued: 'It is on its way. Load this page again in a few seconds.',
    taken: {
      email: 'The mail server accepted it. Look into your inbox and your spam folder.',
      whatsapp: 'The provider accepted it. Look at the phone; delivery is not confirmed yet.',
    },
    arrived: 'The message has arrived.',
    unknown: 'The message left, and the provider did not answer. Look at the phone before you try again.',
    suppressed:
      'This address gets no messages: it refused one before, or no longer exists. See the list of suppressed recipients.',
    refused: 'The message was refused.',
  },
  hints: {
    keys: 'The key or token is not accepted. Disconnect this number, and connect it with a new key.',
    template: 'Meta has not approved the template. Submit the templates, and wait for the approval.',
    device: 'The phone is not connected. Scan the QR code at the provider again.',
    quota: "The quota or today's limit is used up. Buy more, or try again tomorrow.",
    recipient: 'The number in the profile has no WhatsApp, or is wrong. Correct it in the profile.',
    away: 'The provider does not answer. Try again in a few minutes.',
    unusable: 'This number is not in use now: it rests after a refusal, or its provider has stopped it.',
    other: 'Ask the provider about this code.',
  },
};

export const messageTestWords: InEach<typeof id> = { id, en };
