import type { InEach } from '../language.ts';

/** The texts for people who wait for places of a sold-out category. */
const id = {
  title: 'Daftar tunggu',
  loading: 'Membuka daftar tunggu…',
  tickets: (quantity: number, category: string) => `${quantity} × ${category}`,
  unconfirmed: 'Konfirmasi alamat Anda. Urutan Anda dihitung sejak saat itu.',
  confirm: 'Konfirmasi dan ikut menunggu',
  position: (position: number) =>
    `Anda di urutan ${position}. Bila giliran tiba, kami menahan tempat untuk Anda dan mengirim email.`,
  offered: 'Tempat sudah ditawarkan kepada Anda. Buka pesanan dari tautan di email kami.',
  ended: 'Batas penjualan acara ini tidak mengizinkan pesanan Anda. Anda tidak lagi menunggu.',
  leave: 'Keluar dari daftar',
  leftTitle: 'Anda keluar dari daftar tunggu',
  leftText: 'Data Anda sudah dihapus dari daftar ini.',
  missingTitle: 'Tempat ini tidak dapat dibuka',
  missingText: 'Buka dari tautan di email kami. Bila Anda sudah keluar dari daftar, tautannya tidak berlaku lagi.',
  closed: 'Penyelenggara sudah menutup daftar tunggu acara ini.',
  tellMe: 'Beri tahu saya bila tempat kembali',
  joinLead:
    'Tempat yang kembali ditawarkan berurutan kepada yang menunggu. Kami menahannya paling lama enam jam untuk Anda.',
  category: 'Kategori tiket',
  quantity: 'Jumlah tiket',
  join: 'Ikut menunggu',
  joinedTitle: 'Periksa email Anda',
  joinedText: 'Buka tautan di email kami untuk mengonfirmasi. Urutan Anda dihitung sejak saat itu.',
  stillOnSale: 'Tiket acara ini masih ada. Pesan di halaman acara.',
  back: 'Kembali ke acara',
  refused: {
    'waiting_list.closed': 'Acara ini tidak punya daftar tunggu, atau tiketnya sedang tidak dijual.',
    'waiting_list.not_needed': 'Kategori ini masih ada tiketnya. Pesan di halaman acara.',
    'waiting_list.full': 'Daftar tunggu acara ini sudah penuh.',
  } as Readonly<Record<string, string>>,
};

const en: typeof id = {
  title: 'Waiting list',
  loading: 'Opening the waiting list…',
  tickets: (quantity, category) => `${quantity} × ${category}`,
  unconfirmed: 'Confirm your address. Your place in the line counts from then.',
  confirm: 'Confirm and wait',
  position: (position) => `You are number ${position}. When it is your turn, we hold places for you and write to you.`,
  offered: 'Places were offered to you. Open the order from the link in our email.',
  ended: 'A limit of this sale does not allow your order. You are not waiting any more.',
  leave: 'Leave the list',
  leftTitle: 'You have left the waiting list',
  leftText: 'Your data is deleted from this list.',
  missingTitle: 'This place cannot be opened',
  missingText: 'Open it from the link in our email. If you have left the list, the link does not work any more.',
  closed: 'The organiser has closed the waiting list of this event.',
  tellMe: 'Tell me when places return',
  joinLead: 'Places that return are offered in order to the people who wait. We hold them for you for up to six hours.',
  category: 'Ticket category',
  quantity: 'Number of tickets',
  join: 'Join the list',
  joinedTitle: 'Check your email',
  joinedText: 'Open the link in our email to confirm. Your place in the line counts from then.',
  stillOnSale: 'This event still has tickets. Order them on its page.',
  back: 'Back to the event',
  refused: {
    'waiting_list.closed': 'This event has no waiting list, or its tickets are not on sale now.',
    'waiting_list.not_needed': 'This category still has tickets. Order them on the page of the event.',
    'waiting_list.full': 'The waiting list of this event is full.',
  },
};

export const waitingListWords: InEach<typeof id> = { id, en };
