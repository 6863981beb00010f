import type { InEach } from '../../../language.ts';

const id = {
  title: 'Gandakan acara',
  lead: 'Membuat draf baru dengan isi, gambar, jadwal, tempat, kategori tiket, pertanyaan, gerbang dan zona, catatan pintu, kode promo, pengaturan pesan dan ruang tunggu yang sama. Semua waktu bergeser sejauh waktu mulai.',
  notCopied:
    'Tidak ikut disalin: pesanan, pembeli dan daftar tunggu, pemakaian kode promo dan kode yang sudah ditutup, pengumuman, perangkat pintu, laporan terjadwal, dan acara yang boleh dilihat anggota tertentu.',
  what: 'Acara baru',
  name: 'Nama',
  slug: 'Alamat halaman',
  startsAt: 'Mulai',
  submit: 'Buat draf',
  partlyTitle: 'Draf dibuat, belum lengkap',
  partlyText: 'Draf sudah ada, tetapi bagian ini belum tersalin seluruhnya. Periksa di draf, lalu lengkapi sendiri.',
  openDraft: 'Buka draf',
  parts: {
    tickets: 'Tempat dan kategori tiket',
    questions: 'Pertanyaan kepada pembeli',
    schedule: 'Jadwal',
    gates: 'Gerbang dan zona',
    doorSettings: 'Catatan pintu',
    ticketCodes: 'Cara kode tiket dibuat',
    promoCodes: 'Kode promo',
    messageSettings: 'Pengaturan pesan',
    waitingRoom: 'Ruang tunggu: waktunya mungkin sudah lewat',
  },
};

const en: typeof id = {
  title: 'Duplicate the event',
  lead: 'Makes a new draft with the same details, picture, schedule, places, ticket categories, questions, gates and zones, door notes, promo codes, message settings and waiting room. All times move by as much as the start.',
  notCopied:
    'Not copied: orders, buyers and waiting lists, redemptions of promo codes and codes that are closed, announcements, door devices, scheduled reports, and which events a member is limited to.',
  what: 'New event',
  name: 'Name',
  slug: 'Page address',
  startsAt: 'Starts',
  submit: 'Create a draft',
  partlyTitle: 'Draft created, not complete yet',
  partlyText:
    'The draft is there, but these parts were not copied as a whole. Look at them in the draft, and complete them.',
  openDraft: 'Open the draft',
  parts: {
    tickets: 'Places and ticket categories',
    questions: 'Questions to buyers',
    schedule: 'Schedule',
    gates: 'Gates and zones',
    doorSettings: 'Door notes',
    ticketCodes: 'How ticket codes are made',
    promoCodes: 'Promo codes',
    messageSettings: 'Message settings',
    waitingRoom: 'Waiting room: its times may be over already',
  },
};

export const duplicateWords: InEach<typeof id> = { id, en };
