import type { InEach } from '../../../language.ts';

const id = {
  title: 'Menuju penjualan',
  done: 'Selesai',
  open: 'Belum',
  optional: 'Bila perlu',
  ready: 'Semua yang diperlukan sudah ada.',
  left: (count: number) => `Tinggal ${count} langkah. Setiap langkah langsung tersimpan.`,
  event: 'Isi acara',
  tickets: 'Tempat dan kategori tiket',
  payment: 'Akun pembayaran',
  sender: 'Pengirim pesan WhatsApp',
  staff: 'Undang tim',
  gates: 'Pintu masuk',
  byOwner: '(oleh pemilik akun)',
  publish: 'Tampilkan ke publik',
};

const en: typeof id = {
  title: 'On the way to the sale',
  done: 'Done',
  open: 'Open',
  optional: 'If needed',
  ready: 'Everything that is needed is there.',
  left: (count: number) => `${count} more ${count === 1 ? 'step' : 'steps'}. Each is saved as you go.`,
  event: 'Details of the event',
  tickets: 'Places and ticket categories',
  payment: 'Payment account',
  sender: 'Sender of WhatsApp messages',
  staff: 'Invite your team',
  gates: 'Gates',
  byOwner: '(done by an owner)',
  publish: 'Publish',
};

export const checklistWords: InEach<typeof id> = { id, en };
