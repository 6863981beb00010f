import type { InEach } from '../../language.ts';

/**
 * The notice that a page shows after a form has done its work. The address names the notice, so a link can show no
 * other text.
 */
const id = {
  saved: 'Tersimpan.',
  duplicated: 'Salinannya dibuat sebagai draf.',
  deleted: 'Dihapus.',
  poolAdded: 'Tempat ditambahkan. Sekarang buat kategori tiketnya.',
  categoryAdded: 'Kategori tiket ditambahkan.',
  published: 'Acara sekarang tampil untuk publik.',
  unpublished: 'Acara kembali menjadi draf.',
  calledOff: 'Acara dibatalkan.',
  noted: 'Catatan disimpan.',
  resent: 'Tiket sedang dikirim ulang.',
  renamed: 'Nama diperbaiki.',
  corrected: 'Alamat diperbaiki, dan tiketnya sedang dikirim ke sana.',
  orderCancelled: 'Pesanan dibatalkan.',
  refunded: 'Pengembalian sedang berjalan.',
  given: 'Tiket diberikan, dan sedang dikirim.',
  invited: 'Undangan sedang dikirim.',
  signedOut: 'Anggota dikeluarkan dari semua perangkat.',
  accessEnded: 'Akses dihentikan.',
  deviceEnded: 'Perangkat diakhiri.',
  keyEnded: 'Kunci diakhiri.',
  taskDone: 'Tugas selesai.',
  tasksDone: 'Tugas yang dipilih selesai.',
  tasksPartlyDone: 'Sebagian tugas yang dipilih masih terbuka: kerjakan satu per satu.',
  reportAsked: 'Laporan sedang dibuat. Tautannya juga dikirim lewat email.',
  reportCancelled: 'Laporan dibatalkan.',
  scheduled: 'Laporan dijadwalkan.',
  scheduleEnded: 'Jadwal diakhiri.',
  connected: 'Tersambung.',
  disconnected: 'Sambungan dihentikan.',
  tested: 'Webhook uji dikirim. Hasilnya tampil di bawah.',
  replayed: 'Webhook dikirim ulang.',
  removed: 'Dihapus.',
  announced: 'Pengumuman sedang dikirim.',
  announcementStopped: 'Pengiriman dihentikan.',
  created: 'Acara dibuat sebagai draf. Hanya tim Anda yang melihatnya.',
};

const en: typeof id = {
  saved: 'Saved.',
  duplicated: 'The copy was created as a draft.',
  deleted: 'Deleted.',
  poolAdded: 'The places were added. Now make a ticket category.',
  categoryAdded: 'The ticket category was added.',
  published: 'The public can see the event now.',
  unpublished: 'The event is a draft again.',
  calledOff: 'The event was called off.',
  noted: 'The note is saved.',
  resent: 'The tickets are on their way again.',
  renamed: 'The name is corrected.',
  corrected: 'The address is corrected, and the tickets are on their way there.',
  orderCancelled: 'The order is cancelled.',
  refunded: 'The refund is on its way.',
  given: 'The tickets are given, and on their way.',
  invited: 'The invitation is on its way.',
  signedOut: 'The member is signed out everywhere.',
  accessEnded: 'Access has ended.',
  deviceEnded: 'The device can no longer scan.',
  keyEnded: 'The key no longer works.',
  taskDone: 'The task is done.',
  tasksDone: 'The chosen tasks are done.',
  tasksPartlyDone: 'Some of the chosen tasks are still open: do them one by one.',
  reportAsked: 'The report is being made. The link comes by mail, too.',
  reportCancelled: 'The report is cancelled.',
  scheduled: 'The report is scheduled.',
  scheduleEnded: 'The schedule has ended.',
  connected: 'Connected.',
  disconnected: 'Disconnected.',
  tested: 'A test webhook was sent. Its result is shown below.',
  replayed: 'The webhooks are sent again.',
  removed: 'Removed.',
  announced: 'The announcement is being sent.',
  announcementStopped: 'Sending has stopped.',
  created: 'The event was created as a draft. Only your team sees it.',
};

const notices: InEach<Readonly<Record<string, string>>> = { id, en };

/** The notice of a name; undefined for an unknown name. */
export function doneNotice(name: string | undefined, language: keyof typeof notices): string | undefined {
  return name !== undefined && Object.hasOwn(notices[language], name) ? notices[language][name] : undefined;
}
