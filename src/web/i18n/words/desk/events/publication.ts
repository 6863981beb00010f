import type { InEach } from '../../../language.ts';

const missingId: Readonly<Record<string, string>> = {
  'event.times': 'Acara harus mulai sebelum selesai.',
  'event.doors': 'Pintu harus dibuka sebelum acara selesai.',
  'event.over': 'Waktu acara ini sudah lewat.',
  'ticket_category.none': 'Belum ada kategori tiket dengan harga.',
  'ticket_category.no_stock': 'Belum ada kategori tiket yang punya tempat.',
  'ticket_category.sale_window': 'Penjualan satu kategori berakhir setelah acara selesai.',
  'ticket_category.order_limits': 'Satu kategori meminta lebih banyak tiket per pesanan daripada batas acara.',
  'ticket_category.entry_window': 'Tiket satu kategori tidak dapat masuk kapan pun: periksa jam masuknya.',
  'ticket_category.sale_over': 'Penjualan semua kategori sudah lewat.',
  'payment.no_account': 'Tiket berbayar memerlukan akun pembayaran.',
};

const missingEn: typeof missingId = {
  'event.times': 'The event must start before it ends.',
  'event.doors': 'The doors must open before the event ends.',
  'event.over': 'The time of this event is over.',
  'ticket_category.none': 'There is no ticket category with a price yet.',
  'ticket_category.no_stock': 'No ticket category has places yet.',
  'ticket_category.sale_window': 'The sale of a category ends after the event.',
  'ticket_category.order_limits': 'A category asks for more tickets in an order than the event allows.',
  'ticket_category.entry_window': 'Tickets of a category could never enter: check its entry times.',
  'ticket_category.sale_over': 'The sales of all categories are over.',
  'payment.no_account': 'Tickets with a price need a payment account.',
};

const id = {
  title: 'Tampilkan acara',
  lead: 'Setelah ditampilkan, siapa pun dapat melihat acara ini, dan penjualan dibuka pada waktunya.',
  publish: 'Tampilkan ke publik',
  notYet: 'Acara belum dapat ditampilkan:',
  missing: missingId,
  isPublished: 'Acara ini tampil untuk publik.',
  isCancelled: 'Acara ini sudah dibatalkan dan tidak berubah lagi.',
  see: 'Lihat seperti pembeli',
  preview: 'Lihat dulu seperti pembeli',
  salesTitle: 'Semua penjualan',
  salesOpenText:
    'Tiap kategori dijual pada waktunya. Bila ada yang salah, tutup semuanya sekaligus: tiket yang sudah dibeli tetap berlaku.',
  closeSales: 'Tutup semua penjualan',
  salesClosedText: 'Semua penjualan ditutup, apa pun waktu kategorinya.',
  openSales: 'Buka lagi semua penjualan',
  takeBackTitle: 'Tarik kembali menjadi draf',
  takeBackText: 'Bisa selama belum ada tiket yang dipesan.',
  takeBack: 'Tarik kembali',
  callOffTitle: 'Batalkan acara',
  callOffText: 'Untuk acara yang tidak jadi diadakan. Langkah berikutnya memperlihatkan akibatnya.',
  callOffConsequence:
    'Acara dibatalkan untuk selamanya. Penjualan berhenti, semua pemegang tiket diberi tahu, dan pesanan yang sudah dibayar dikembalikan uangnya.',
  callOff: 'Ya, batalkan acara',
  refundedOrders: 'Pesanan yang dikembalikan uangnya',
  refundedAmount: 'Uang yang kembali ke pembeli',
  refundsTitle: 'Pengembalian uang',
  ordersLeft: 'Pesanan yang belum dikembalikan',
  refundStates: {
    requested: 'Menunggu gateway',
    processing: 'Dikirim, belum dipastikan bank',
    done: 'Selesai',
    failed: 'Gagal',
    manual_required: 'Harus dikembalikan dengan tangan',
  },
  refundTasks: 'Tugas acara ini',
};

const en: typeof id = {
  title: 'Publish',
  lead: 'Once published, everybody can see the event, and sales open at their times.',
  publish: 'Show it to the public',
  notYet: 'The event cannot be published yet:',
  missing: missingEn,
  isPublished: 'The public can see this event.',
  isCancelled: 'This event was called off and does not change any more.',
  see: 'See it as a buyer does',
  preview: 'See it first as a buyer will',
  salesTitle: 'All sales',
  salesOpenText:
    'Each category is sold at its times. If something is wrong, close all at once: tickets that were bought stay valid.',
  closeSales: 'Close all sales',
  salesClosedText: 'All sales are closed, whatever the times of the categories.',
  openSales: 'Open all sales again',
  takeBackTitle: 'Take it back to a draft',
  takeBackText: 'Possible while no ticket was ordered.',
  takeBack: 'Take it back',
  callOffTitle: 'Call the event off',
  callOffText: 'For an event that will not take place. The next step shows what follows.',
  callOffConsequence:
    'The event is called off for good. Sales stop, every ticket holder is told, and paid orders are refunded.',
  callOff: 'Yes, call it off',
  refundedOrders: 'Orders that are refunded',
  refundedAmount: 'Money that goes back to buyers',
  refundsTitle: 'Refunds',
  ordersLeft: 'Orders still to refund',
  refundStates: {
    requested: 'Waiting for the gateway',
    processing: 'Sent, not yet confirmed by the bank',
    done: 'Done',
    failed: 'Failed',
    manual_required: 'To be paid back by hand',
  },
  refundTasks: 'Tasks of this event',
};

export const publicationWords: InEach<typeof id> = { id, en };
